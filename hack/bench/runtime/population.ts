/** Numbers of profiles, both ends included. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** As many as the cache keeps by default: reads of them are hits. */
export const HOT: Range = { from: 1, to: 10 };
/** Read one after the other: none is read again before a cache of ten has forgotten it. */
export const COLD: Range = { from: 11, to: 10_010 };
/** There to be deleted. */
export const SPARE: Range = { from: 10_011, to: 90_010 };

/** SQL: a profile for each number, whose id the load generator makes in the same way. */
export const INSERT_POPULATION = `
  INSERT INTO profiles (id, name, email, bio)
  SELECT ('00000000-0000-4000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
    'Person ' || n,
    'person.' || n || '@example.com',
    'Writes programs for engines that are not built yet, and notes on those that are. Reads whatever there is to read about it.'
  FROM generate_series(${HOT.from}, ${SPARE.to}) AS n`;
