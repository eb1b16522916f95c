import { reasonOf } from "../kit/errors.ts";
import type { Logger } from "../kit/log.ts";
import type { Postgres, Queryable, Statement } from "../kit/stores/postgres.ts";
import type { DispatchMetrics } from "./metrics.ts";
import type { Publication, TaskPublisher } from "./publisher.ts";

/** Milliseconds after which a publication that nobody took up is made again; doubled with each, up to 64 times. */
const republishAfter = 60_000;
const batch = 100;

// All replicas race for what is due; SKIP LOCKED shares it out among them.
const takeDue: Statement = {
  name: "task-take-due",
  text: `UPDATE tasks SET status = 'queued', queued_at = clock_timestamp(), publications = publications + 1,
      dispatch_at = clock_timestamp() + $1 * 2 ^ least(publications, 6) * interval '1 millisecond'
    FROM (
      SELECT id, dispatch_at AS due_at FROM tasks WHERE dispatch_at <= clock_timestamp()
      ORDER BY dispatch_at LIMIT $2 FOR UPDATE SKIP LOCKED
    ) AS due
    WHERE tasks.id = due.id
    RETURNING tasks.id, tasks.correlation_id, extract(epoch FROM clock_timestamp() - due.due_at) AS lateness`,
};

const nextDue: Statement = {
  name: "task-next-due",
  text: `SELECT extract(epoch FROM dispatch_at - clock_timestamp()) * 1000 AS due_in
    FROM tasks WHERE dispatch_at IS NOT NULL ORDER BY dispatch_at LIMIT 1`,
};

interface Due extends Publication {
  /** Seconds. */
  readonly lateness: number;
}

export interface DispatcherOptions {
  readonly db: Postgres;
  readonly publisher: Pick<TaskPublisher, "ready" | "publish">;
  readonly metrics: DispatchMetrics;
  readonly log: Logger;
  /** Milliseconds between two looks when nothing hints at an earlier one. */
  readonly pollInterval?: number;
}

/**
 * Publishes tasks when they are due. PostgreSQL is asked at intervals, and a timer set for the next task that it
 * knows of; notifications only bring the next look forward, so that losing one costs no more than an interval.
 */
export class TaskDispatcher {
  readonly #options: DispatcherOptions;
  readonly #pollInterval: number;
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> | undefined;
  #again = false;
  #stopped = false;

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#pollInterval = options.pollInterval ?? 1_000;
  }

  /** Looks now, or once more after the look under way. */
  wake(): void {
    if (this.#stopped) return;
    if (this.#round !== undefined) {
      this.#again = true;
      return;
    }
    clearTimeout(this.#timer);
    this.#round = this.#run();
  }

  /** Resolves once nothing is being published. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#round;
  }

  async #run(): Promise<void> {
    const { metrics, log } = this.#options;
    let delay = this.#pollInterval;
    try {
      do {
        this.#again = false;
        delay = await this.#dispatch();
      } while (this.#again && !this.#stopped);
    } catch (err) {
      metrics.failures.inc();
      log.warn({ reason: reasonOf(err) }, "due tasks could not be published: they stay due");
    }
    this.#round = undefined;
    if (!this.#stopped) this.#timer = setTimeout(() => this.wake(), delay);
  }

  /** @returns milliseconds until the next look */
  async #dispatch(): Promise<number> {
    const { db, publisher, metrics } = this.#options;
    if (!publisher.ready) return this.#pollInterval;
    for (;;) {
      const due = await db.transaction((transaction) => this.#publishDue(transaction));
      for (const { lateness } of due) metrics.lateness.observe(lateness);
      metrics.published.inc(due.length);
      if (due.length < batch || this.#stopped) break;
    }
    const [next] = await db.query<{ due_in: string }>(nextDue, []);
    const dueIn = next === undefined ? this.#pollInterval : Math.ceil(Number(next.due_in));
    // A task that is due and locked is with another replica: looking again at once would only spin.
    return Math.min(this.#pollInterval, Math.max(dueIn, 10));
  }

  /**
   * Publishes before the transaction commits: if the process dies in between, the task is published twice, which the
   * worker sorts out; the other way round it would be late by a minute. The rows stay locked meanwhile, so a worker
   * that is faster than the commit waits for it.
   */
  async #publishDue(transaction: Queryable): Promise<readonly Due[]> {
    const rows = await transaction.query<{ id: string; correlation_id: string; lateness: string }>(takeDue, [
      republishAfter,
      batch,
    ]);
    const due = rows.map((row) => ({
      taskId: row.id,
      correlationId: row.correlation_id,
      lateness: Number(row.lateness),
    }));
    if (due.length > 0) await this.#options.publisher.publish(due);
    return due;
  }
}
