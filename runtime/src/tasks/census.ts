import { Gauge, type Registry } from "prom-client";
import { reasonOf } from "../kit/errors.ts";
import type { Logger } from "../kit/log.ts";
import { withTimeout } from "../kit/retry.ts";
import type { Postgres, Statement } from "../kit/stores/postgres.ts";

/** No state is counted beyond this: what the counting costs has to be bounded. */
const countedAtMost = 100_000;

/** Milliseconds for which a count is shown before it is taken again. */
const fresh = 15_000;

/** Milliseconds that a scrape may wait for it. */
const patience = 1_000;

// Each part reads an index of the tasks in that state alone, and stops at the limit.
const count: Statement = {
  name: "task-census",
  text: `SELECT
      (SELECT count(*) FROM (SELECT 1 FROM tasks WHERE status = 'scheduled' LIMIT $1) AS s)::integer AS scheduled,
      (SELECT count(*) FROM (SELECT 1 FROM tasks WHERE dispatch_at <= clock_timestamp() LIMIT $1) AS d)::integer
        AS due_unpublished,
      (SELECT count(*) FROM (SELECT 1 FROM tasks WHERE status = 'failed'
        AND error->>'code' IN ('attempt-failed', 'attempts-exhausted') LIMIT $1) AS f)::integer AS dead`,
};

const states = {
  scheduled: "tasks_scheduled",
  due_unpublished: "tasks_due_unpublished",
  dead: "tasks_dead",
} as const;

const helps: Readonly<Record<State, string>> = {
  scheduled: "Tasks that wait for their time.",
  due_unpublished: "Tasks whose time has come and that are not published.",
  dead: "Tasks that failed with their attempts used up, until they are replayed or removed.",
};

type State = keyof typeof states;
type Census = Readonly<Record<State, number>>;

export interface CensusOptions {
  readonly registry: Registry;
  readonly db: Pick<Postgres, "query">;
  readonly log: Logger;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
}

/**
 * Gauges of what is in the schedule. It is counted when somebody asks, at most every 15 s. Every replica shows the
 * same. While PostgreSQL cannot be asked they show nothing rather than what was true before.
 */
export function createTaskGauges(options: CensusOptions): void {
  const census = takenAtMostEvery(fresh, options);
  for (const state of Object.keys(states) as readonly State[]) {
    const gauge = new Gauge({
      name: states[state],
      help: `${helps[state]} At most ${countedAtMost} are counted; the same in all replicas.`,
      registers: [],
      async collect() {
        const counted = await census();
        this.reset();
        if (counted === undefined) this.remove();
        else this.set(counted[state]);
      },
    });
    options.registry.registerMetric(gauge);
  }
}

function takenAtMostEvery(interval: number, { db, log, now }: CensusOptions): () => Promise<Census | undefined> {
  let latest: Promise<Census | undefined> | undefined;
  let takenAt = 0;
  const take = async (): Promise<Census | undefined> => {
    try {
      const [row] = await withTimeout(db.query<Census>(count, [countedAtMost]), patience, "counting tasks");
      return row;
    } catch (err) {
      log.debug({ reason: reasonOf(err) }, "tasks could not be counted");
      return undefined;
    }
  };
  return async () => {
    if (latest === undefined || now() - takenAt >= interval) {
      takenAt = now();
      latest = take();
    }
    return latest;
  };
}
