import type { Breaker } from "../breaker.ts";
import type { BreakerParticulars, Breakers } from "../breakers.ts";
import type { Logger } from "../log.ts";
import { Postgres, type PostgresSettings } from "./postgres.ts";
import type { QueryMetrics } from "./postgres-metrics.ts";

export interface PostgresPoolsOptions {
  /** With the number of connections for requests or tasks. */
  readonly settings: PostgresSettings;
  /** Connections for checks. */
  readonly controlConnections: number;
  readonly breakers: Pick<Breakers, "create">;
  readonly circuit: Pick<BreakerParticulars, "name" | "probe" | "isFailure">;
  readonly log: Logger;
  readonly queries: QueryMetrics;
  /** What metrics call the pool; that for checks has `-checks` after it. */
  readonly name: string;
}

/** One database as a service uses it. */
export interface PostgresPools {
  /** Of the pool whose users are rather refused than kept waiting. */
  readonly breaker: Breaker;
  readonly pool: Postgres;
  /** For checks, which must not wait behind requests, nor for the breaker that they inform. */
  readonly control: Postgres;
}

/** Nothing is connected yet. Both pools begin anew when the circuit opens. */
export function openPostgresPools(options: PostgresPoolsOptions): PostgresPools {
  const { settings, controlConnections, breakers, circuit, log, queries, name } = options;
  const breaker = breakers.create({ ...circuit, dependency: "postgresql" });
  const pool = new Postgres(settings, log, { breaker, times: queries.of(name) });
  const control = new Postgres({ ...settings, maximum: controlConnections }, log, {
    times: queries.of(`${name}-checks`),
  });
  breaker.onOpen(() => control.renew());
  return { breaker, pool, control };
}
