import { Histogram, type Registry } from "prom-client";

/**
 * `success`; `refused`: the database answered with an error, such as that of a duplicate, or that it took too long;
 * `lost`: it did not answer, or the connection is of no more use.
 */
export type QueryOutcome = "success" | "refused" | "lost";

type Child = Pick<Histogram.Internal<"pool" | "statement" | "outcome">, "observe">;

/** How long statements take, by pool. */
export class QueryMetrics {
  readonly #duration: Histogram<"pool" | "statement" | "outcome">;

  constructor(registry: Registry) {
    this.#duration = new Histogram({
      name: "db_query_duration_seconds",
      help: "Time from sending a statement to PostgreSQL to its answer, by pool, statement and outcome.",
      labelNames: ["pool", "statement", "outcome"],
      buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 4],
      registers: [registry],
    });
  }

  of(pool: string): QueryTimes {
    return new QueryTimes(this.#duration, pool);
  }
}

/** Of one pool. What a statement is counted under is looked up once: this is part of all that a process does. */
export class QueryTimes {
  readonly #duration: Histogram<"pool" | "statement" | "outcome">;
  readonly #pool: string;
  readonly #children: Readonly<Record<QueryOutcome, Map<string, Child>>> = {
    success: new Map(),
    refused: new Map(),
    lost: new Map(),
  };

  constructor(duration: Histogram<"pool" | "statement" | "outcome">, pool: string) {
    this.#duration = duration;
    this.#pool = pool;
  }

  /** @param milliseconds that the statement took */
  note(statement: string, outcome: QueryOutcome, milliseconds: number): void {
    const children = this.#children[outcome];
    let child = children.get(statement);
    if (child === undefined) {
      child = this.#duration.labels(this.#pool, statement, outcome);
      children.set(statement, child);
    }
    child.observe(milliseconds / 1_000);
  }
}
