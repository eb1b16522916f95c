import { wholeNumber } from "./numbers.ts";

/** What `make test-load` is told. */
export interface LoadSettings {
  /** Seconds of each part without outages. */
  readonly duration: number;
  /** Requests a second. */
  readonly rate: number;
  readonly connections: number;
  /** Whether a load with outages follows. */
  readonly outages: boolean;
  /** Requests of that load. */
  readonly requests: number;
  /** File for its raw results. */
  readonly results: string | undefined;
}

/** An hour of 20 requests a second. */
const HOUR = 72_000;

/** From DURATION, RATE, CONNECTIONS, OUTAGES, REQUESTS and RESULTS. Throws a sentence that names the one that is wrong. */
export function loadSettings(environment: Readonly<Record<string, string | undefined>>): LoadSettings {
  const { DURATION, RATE, CONNECTIONS, OUTAGES, REQUESTS, RESULTS } = environment;
  if (OUTAGES !== undefined && !["", "0", "1"].includes(OUTAGES)) {
    throw new Error(`OUTAGES is "${OUTAGES}": give 0 to kill nothing, or 1`);
  }
  return {
    duration: wholeNumber("DURATION", DURATION, { fallback: 20, most: 3600 }),
    rate: wholeNumber("RATE", RATE, { fallback: 200, most: 100_000 }),
    connections: wholeNumber("CONNECTIONS", CONNECTIONS, { fallback: 10, most: 1000 }),
    outages: OUTAGES !== "0",
    requests: wholeNumber("REQUESTS", REQUESTS, { fallback: HOUR, most: 100_000_000 }),
    results: RESULTS === "" ? undefined : RESULTS,
  };
}
