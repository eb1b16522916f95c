import { SpanKind } from "@opentelemetry/api";
import type { ProfileCache } from "../cache/cache.ts";
import { reasonOf, UnavailableError } from "../kit/errors.ts";
import type { Logger } from "../kit/log.ts";
import { backoffDelay } from "../kit/retry.ts";
import type { Postgres } from "../kit/stores/postgres.ts";
import { inSpan, noteFailureHere } from "../kit/traces/span.ts";
import type { Databases } from "../shards/databases.ts";
import { type Attempt, AttemptLostError, attemptAfter, attempts, type FailedAttempt } from "./attempts.ts";
import { writeProfiles } from "./cache-writes.ts";
import type { ExecutionMetrics } from "./metrics.ts";
import type { TaskError } from "./task.ts";
import { PermanentTaskError, type Step, type StepEnd, workOf } from "./work.ts";

/**
 * dropped: there was nothing to do, or the task was cancelled or taken over meanwhile · retried: it will be published
 * again · handed-over: another worker is to go on with it · dead: it failed for good and somebody should look at it
 */
export type Outcome =
  | { readonly kind: "succeeded" | "retried" | "failed" | "dropped" | "handed-over" }
  | { readonly kind: "dead"; readonly attempt: FailedAttempt };

export interface ExecutorOptions {
  /** Where tasks are. */
  readonly db: Pick<Postgres, "query">;
  readonly databases: Pick<Databases, "transaction" | "readAll">;
  readonly cache: Pick<ProfileCache, "write">;
  readonly metrics: ExecutionMetrics;
  readonly log: Logger;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
}

const backoff = { initial: 1_000, maximum: 60_000 };

/** Milliseconds between two reports of one task's progress. */
const progressInterval = 1_000;

/**
 * Carries out tasks: at least once, with their effect exactly once. The effect and the task's end, or its next step,
 * are committed together; of two workers with the same task, one commits and the other is undone, and of a cancelled
 * one nothing more is committed.
 */
export class TaskExecutor {
  readonly #options: ExecutorOptions;

  constructor(options: ExecutorOptions) {
    this.#options = options;
  }

  /**
   * @param redelivered whether the worker that had the message before is gone
   * @param stopping once aborted, long work stops after the step that it is at
   * @throws UnavailableError when PostgreSQL went away: call again with redelivered set
   */
  async execute(taskId: string, redelivered: boolean, stopping: AbortSignal): Promise<Outcome> {
    const { db, log, metrics, now } = this.#options;
    const attempt = await attempts.begin(db, taskId, redelivered);
    if (attempt === undefined) {
      log.debug({ taskId }, "nothing to do: the task has ended or another worker has it");
      return redelivered ? this.#deadBefore(taskId) : { kind: "dropped" };
    }
    const startedAt = now();
    const outcome = await this.#runTraced(attempt, stopping);
    const seconds = (now() - startedAt) / 1_000;
    metrics.finished.inc({ type: attempt.type, outcome: outcome.kind === "dead" ? "failed" : outcome.kind });
    metrics.duration.observe({ type: attempt.type }, seconds);
    const line = { taskId, type: attempt.type, attempt: attempt.count, outcome: outcome.kind };
    log.info({ ...line, ms: Math.round(seconds * 1_000), requestId: attempt.correlationId }, "carried out a task");
    return outcome;
  }

  /** A worker that died after it had recorded the last failure may not have left a dead letter. */
  async #deadBefore(taskId: string): Promise<Outcome> {
    const attempt = await attempts.findFailed(this.#options.db, taskId);
    return attempt === undefined || !isDead(attempt.error) ? { kind: "dropped" } : { kind: "dead", attempt };
  }

  async #runTraced(attempt: Attempt, stopping: AbortSignal): Promise<Outcome> {
    const attributes = { "task.type": attempt.type, "task.attempt": attempt.count };
    return inSpan(
      `execute ${attempt.type}`,
      () => ({ kind: SpanKind.INTERNAL, attributes }),
      async (span) => {
        const outcome = await this.#run(attempt, stopping);
        span?.setAttribute("task.outcome", outcome.kind);
        return outcome;
      },
    );
  }

  async #run(attempt: Attempt, stopping: AbortSignal): Promise<Outcome> {
    if (attempt.number > attempt.lastNumber) {
      const begun = attempt.count - 1;
      const message = `${begun} attempts were begun and none ended: the task seems to end its worker`;
      return this.#fail(attempt, { code: "attempts-exhausted", message });
    }
    const { databases, now } = this.#options;
    let current = attempt;
    let toldAt = Number.NEGATIVE_INFINITY;
    try {
      const work = workOf(attempt.type, attempt.payload);
      for (;;) {
        const tells = now() - toldAt >= progressInterval;
        const end = await this.#commit(current, await work.next(databases, current.state), tells);
        if (end.kind === "finished") return { kind: "succeeded" };
        if (stopping.aborted) return { kind: "handed-over" };
        if (tells) toldAt = now();
        current = attemptAfter(current, end.state);
      }
    } catch (thrown) {
      return this.#settleFailure(current, thrown);
    }
  }

  async #commit(attempt: Attempt, step: Step, tells: boolean): Promise<StepEnd> {
    const { databases, cache } = this.#options;
    const { result } = await writeProfiles(cache, step.profileIds, () =>
      // Whoever is told of the end looks at the profile next.
      databases.transaction(async (transaction) => {
        const written = await step.apply(transaction);
        const end = written.result;
        if (end.kind === "finished") await attempts.succeed(transaction.home, attempt, end.result);
        else await attempts.checkpoint(transaction.home, attempt, end.state, tells ? end.progress : undefined);
        return written;
      }, "home-last"),
    );
    return result;
  }

  async #settleFailure(attempt: Attempt, thrown: unknown): Promise<Outcome> {
    if (thrown instanceof UnavailableError) throw thrown;
    if (thrown instanceof AttemptLostError) return { kind: "dropped" };
    if (thrown instanceof PermanentTaskError) {
      return this.#fail(attempt, { code: thrown.code, message: thrown.message });
    }
    this.#options.log.warn({ taskId: attempt.taskId, type: attempt.type, err: thrown }, "an attempt failed");
    const error = { code: "attempt-failed", message: reasonOf(thrown) };
    if (attempt.number >= attempt.lastNumber) return this.#fail(attempt, error);
    noteFailureHere(error);
    const delay = backoffDelay(backoff, attempt.count);
    const retried = await unlessLost(attempts.retry(this.#options.db, attempt, error, delay));
    return { kind: retried ? "retried" : "dropped" };
  }

  async #fail(attempt: Attempt, error: TaskError): Promise<Outcome> {
    noteFailureHere(error);
    if (!(await unlessLost(attempts.fail(this.#options.db, attempt, error)))) return { kind: "dropped" };
    return isDead(error) ? { kind: "dead", attempt: { ...attempt, error } } : { kind: "failed" };
  }
}

/** Whether the task failed for want of further attempts, and not for a reason that its sender has to cure. */
function isDead({ code }: TaskError): boolean {
  return code === "attempt-failed" || code === "attempts-exhausted";
}

/** @returns false when the attempt was no longer the current one */
async function unlessLost(recorded: Promise<void>): Promise<boolean> {
  try {
    await recorded;
    return true;
  } catch (thrown) {
    if (thrown instanceof AttemptLostError) return false;
    throw thrown;
  }
}
