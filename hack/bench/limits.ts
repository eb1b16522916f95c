/** More errors than this, and what was measured does not count. */
const MAX_ERROR_SHARE = 0.001;
/** A generator that is busier than this may be what is measured. */
const MAX_GENERATOR_LOAD = 0.8;

export function tooMany(errors: number, all: number): boolean {
  return errors > all * MAX_ERROR_SHARE;
}

/** Why what was measured does not count, if the generator was too busy. `load`: the share of the time, from 0 to 1. */
export function generatorProblems(load: number, part: string): readonly string[] {
  if (load <= MAX_GENERATOR_LOAD) return [];
  return [`${part}: the load generator was busy ${Math.round(load * 100)} % of the time`];
}
