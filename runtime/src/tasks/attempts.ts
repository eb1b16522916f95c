import type { Queryable, Statement } from "../kit/stores/postgres.ts";
import { maxAttempts, type TaskError, type TaskProgress } from "./task.ts";

/** One try at carrying out a task. */
export interface Attempt {
  readonly taskId: string;
  readonly type: string;
  readonly payload: unknown;
  /** Where long work goes on; null at its beginning. */
  readonly state: unknown;
  readonly correlationId: string;
  /** Grows with each attempt, over replays too, so that no two attempts of a task have the same. */
  readonly number: number;
  /** The number of the last attempt that may be made. */
  readonly lastNumber: number;
  /** Attempts since the task was scheduled, replayed, or got further, this one among them. */
  readonly count: number;
}

interface Columns {
  readonly type: string;
  readonly payload: unknown;
  readonly state: unknown;
  readonly correlation_id: string;
  readonly attempts: number;
  readonly max_attempts: number;
  readonly attempts_before: number;
}

/** Milliseconds after which a running task whose worker has not been heard of is published again. */
const attemptLease = 60_000;

const attemptColumns = "type, payload, state, correlation_id, attempts, max_attempts, attempts_before";

// A message may be a duplicate. It counts when the task is waiting to be taken, or when the broker gives it out a
// second time because the worker that had it is gone.
const begin: Statement = {
  name: "task-begin",
  text: `UPDATE tasks SET status = 'running', attempts = attempts + 1, started_at = clock_timestamp(),
      dispatch_at = clock_timestamp() + $3 * interval '1 millisecond'
    WHERE id = $1 AND dispatch_at IS NOT NULL
      AND (status = 'queued' OR (status = 'running' AND $2) OR dispatch_at <= clock_timestamp())
    RETURNING ${attemptColumns}`,
};

// An attempt that got somewhere does not count towards those that may fail: else a task that takes longer than its
// workers live could never end.
const checkpoint: Statement = {
  name: "task-checkpoint",
  text: `UPDATE tasks SET state = $3, progress = coalesce($4, progress),
      dispatch_at = clock_timestamp() + $5 * interval '1 millisecond',
      max_attempts = greatest(max_attempts, attempts - 1 + $6)
    WHERE id = $1 AND status = 'running' AND attempts = $2 RETURNING id`,
};

const succeed: Statement = {
  name: "task-succeed",
  text: `UPDATE tasks SET status = 'succeeded', result = $3, error = NULL, progress = NULL, dispatch_at = NULL,
      finished_at = clock_timestamp() WHERE id = $1 AND status = 'running' AND attempts = $2 RETURNING id`,
};

const fail: Statement = {
  name: "task-fail",
  text: `UPDATE tasks SET status = 'failed', error = $3, dispatch_at = NULL, finished_at = clock_timestamp()
    WHERE id = $1 AND status = 'running' AND attempts = $2 RETURNING id`,
};

const retry: Statement = {
  name: "task-retry",
  text: `UPDATE tasks SET status = 'scheduled', error = $3,
      dispatch_at = clock_timestamp() + $4 * interval '1 millisecond'
    WHERE id = $1 AND status = 'running' AND attempts = $2 RETURNING id`,
};

const findFailed: Statement = {
  name: "task-find-failed",
  text: `SELECT error, ${attemptColumns} FROM tasks WHERE id = $1 AND status = 'failed'`,
};

/** The task was cancelled, or another worker has taken it over: whatever this attempt did must be undone. */
export class AttemptLostError extends Error {
  override readonly name = "AttemptLostError";
}

export interface FailedAttempt extends Attempt {
  readonly error: TaskError;
}

/**
 * The end of an attempt, and each step of long work, is recorded in the transaction that makes the effect: both happen
 * or neither. That the attempt is still the task's current one is looked at there, last, and holds until the
 * transaction has ended. Looking at the beginning, under a lock, would keep everybody from cancelling meanwhile.
 */
export const attempts = {
  /** @returns undefined when there is nothing to do: the task has ended, or another worker has it */
  async begin(db: Queryable, taskId: string, redelivered: boolean): Promise<Attempt | undefined> {
    const [row] = await db.query<Columns>(begin, [taskId, redelivered, attemptLease]);
    return row === undefined ? undefined : toAttempt(taskId, row);
  },

  /**
   * Records where long work goes on if this attempt does not come to its end, and gives the attempt another minute.
   *
   * @param progress absent to leave what is there
   * @throws AttemptLostError
   */
  async checkpoint(transaction: Queryable, attempt: Attempt, state: unknown, progress?: TaskProgress): Promise<void> {
    const told = progress === undefined ? null : JSON.stringify(progress);
    const values = [attempt.taskId, attempt.number, JSON.stringify(state), told, attemptLease, maxAttempts];
    current(attempt, await transaction.query(checkpoint, values));
  },

  /** @throws AttemptLostError */
  async succeed(transaction: Queryable, attempt: Attempt, result: unknown): Promise<void> {
    const values = [attempt.taskId, attempt.number, JSON.stringify(result)];
    current(attempt, await transaction.query(succeed, values));
  },

  /** @throws AttemptLostError */
  async fail(db: Queryable, attempt: Attempt, error: TaskError): Promise<void> {
    current(attempt, await db.query(fail, [attempt.taskId, attempt.number, JSON.stringify(error)]));
  },

  /**
   * Has the task published again after so many milliseconds.
   *
   * @throws AttemptLostError
   */
  async retry(db: Queryable, attempt: Attempt, error: TaskError, delay: number): Promise<void> {
    current(attempt, await db.query(retry, [attempt.taskId, attempt.number, JSON.stringify(error), delay]));
  },

  /** The attempt with which a task failed. */
  async findFailed(db: Queryable, taskId: string): Promise<FailedAttempt | undefined> {
    const [row] = await db.query<Columns & { readonly error: TaskError }>(findFailed, [taskId]);
    return row === undefined ? undefined : { ...toAttempt(taskId, row), error: row.error };
  },
};

/** The attempt as it stands after a step that was recorded. */
export function attemptAfter(attempt: Attempt, state: unknown): Attempt {
  const lastNumber = Math.max(attempt.lastNumber, attempt.number - 1 + maxAttempts);
  return { ...attempt, state, lastNumber, count: 1 };
}

function toAttempt(taskId: string, row: Columns): Attempt {
  return {
    taskId,
    type: row.type,
    payload: row.payload,
    state: row.state,
    correlationId: row.correlation_id,
    number: row.attempts,
    lastNumber: row.max_attempts,
    count: row.attempts - row.attempts_before,
  };
}

function current({ number }: Attempt, changed: readonly unknown[]): void {
  if (changed.length === 0) throw new AttemptLostError(`attempt ${number} is no longer the current one`);
}
