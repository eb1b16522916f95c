import type { ProfileCache, Written } from "../cache/cache.ts";
import { reasonOf, UnavailableError } from "../kit/errors.ts";
import type { Logger } from "../kit/log.ts";
import { backoffDelay } from "../kit/retry.ts";
import type { Postgres } from "../kit/stores/postgres.ts";
import { type Attempt, AttemptLostError, attempts } from "./attempts.ts";
import type { ExecutionMetrics } from "./metrics.ts";
import type { TaskError } from "./task.ts";
import { PermanentTaskError, type Work, workOf } from "./work.ts";

/**
 * dropped: there was nothing to do · retried: it will be published again · dead: it failed for good and somebody
 * should look at it
 */
export type Outcome = "succeeded" | "retried" | "failed" | "dead" | "dropped";

export interface ExecutorOptions {
  readonly db: Postgres;
  readonly cache: Pick<ProfileCache, "write">;
  readonly metrics: ExecutionMetrics;
  readonly log: Logger;
}

const backoff = { initial: 1_000, maximum: 60_000 };

/**
 * Carries out tasks: at least once, with their effect exactly once. The effect and the task's end are committed
 * together, under a lock on the attempt; of two workers with the same task, one commits and the other is undone.
 */
export class TaskExecutor {
  readonly #options: ExecutorOptions;

  constructor(options: ExecutorOptions) {
    this.#options = options;
  }

  /**
   * @param redelivered whether the worker that had the message before is gone
   * @throws UnavailableError when PostgreSQL went away: call again with redelivered set
   */
  async execute(taskId: string, redelivered: boolean): Promise<Outcome> {
    const { db, log, metrics } = this.#options;
    const attempt = await attempts.begin(db, taskId, redelivered);
    if (attempt === undefined) {
      log.debug({ taskId }, "nothing to do: the task has ended or another worker has it");
      return "dropped";
    }
    const startedAt = performance.now();
    const outcome = await this.#run(attempt);
    const seconds = (performance.now() - startedAt) / 1_000;
    metrics.finished.inc({ type: attempt.type, outcome: outcome === "dead" ? "failed" : outcome });
    metrics.duration.observe({ type: attempt.type }, seconds);
    const line = { taskId, type: attempt.type, attempt: attempt.number, outcome, ms: Math.round(seconds * 1_000) };
    log.info({ ...line, requestId: attempt.correlationId }, "carried out a task");
    return outcome;
  }

  async #run(attempt: Attempt): Promise<Outcome> {
    const { number, maxAttempts } = attempt;
    if (number > maxAttempts) {
      const message = `${maxAttempts} attempts were begun and none ended: the task seems to end its worker`;
      return this.#fail(attempt, { code: "attempts-exhausted", message }, "dead");
    }
    try {
      await this.#apply(attempt, workOf(attempt.type, attempt.payload));
      return "succeeded";
    } catch (thrown) {
      return this.#settleFailure(attempt, thrown);
    }
  }

  async #apply(attempt: Attempt, work: Work): Promise<void> {
    const { db, cache } = this.#options;
    const commit = (): Promise<Written<unknown>> =>
      db.transaction(async (transaction) => {
        await attempts.lock(transaction, attempt);
        const written = await work.apply(transaction);
        await attempts.succeed(transaction, attempt, written.result);
        return written;
      });
    if (work.profileId === undefined) await commit();
    else await cache.write(work.profileId, commit);
  }

  async #settleFailure(attempt: Attempt, thrown: unknown): Promise<Outcome> {
    if (thrown instanceof UnavailableError) throw thrown;
    if (thrown instanceof AttemptLostError) return "dropped";
    if (thrown instanceof PermanentTaskError) {
      return this.#fail(attempt, { code: thrown.code, message: thrown.message }, "failed");
    }
    this.#options.log.warn({ taskId: attempt.taskId, type: attempt.type, err: thrown }, "an attempt failed");
    const error = { code: "attempt-failed", message: reasonOf(thrown) };
    if (attempt.number >= attempt.maxAttempts) return this.#fail(attempt, error, "dead");
    await attempts.retry(this.#options.db, attempt, error, backoffDelay(backoff, attempt.number));
    return "retried";
  }

  async #fail(attempt: Attempt, error: TaskError, outcome: "failed" | "dead"): Promise<Outcome> {
    await attempts.fail(this.#options.db, attempt, error);
    return outcome;
  }
}
