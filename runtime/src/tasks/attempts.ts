import type { Queryable, Statement } from "../kit/stores/postgres.ts";
import { dueChannel } from "./schedule.ts";
import type { TaskError } from "./task.ts";

/** One try at carrying out a task. */
export interface Attempt {
  readonly taskId: string;
  readonly type: string;
  readonly payload: unknown;
  readonly correlationId: string;
  /** Counts from 1. */
  readonly number: number;
  readonly maxAttempts: number;
}

interface Columns {
  readonly type: string;
  readonly payload: unknown;
  readonly correlation_id: string;
  readonly attempts: number;
  readonly max_attempts: number;
}

/** Milliseconds after which a running task whose worker has not been heard of is published again. */
const attemptLease = 60_000;

// A message may be a duplicate. It counts when the task is waiting to be taken, or when the broker gives it out a
// second time because the worker that had it is gone.
const begin: Statement = {
  name: "task-begin",
  text: `UPDATE tasks SET status = 'running', attempts = attempts + 1, started_at = clock_timestamp(),
      dispatch_at = clock_timestamp() + $3 * interval '1 millisecond'
    WHERE id = $1 AND dispatch_at IS NOT NULL
      AND (status = 'queued' OR (status = 'running' AND $2) OR dispatch_at <= clock_timestamp())
    RETURNING type, payload, correlation_id, attempts, max_attempts`,
};

const lock: Statement = {
  name: "task-lock",
  text: "SELECT 1 AS mine FROM tasks WHERE id = $1 AND status = 'running' AND attempts = $2 FOR UPDATE",
};

const succeed: Statement = {
  name: "task-succeed",
  text: `UPDATE tasks SET status = 'succeeded', result = $3, error = NULL, dispatch_at = NULL,
      finished_at = clock_timestamp() WHERE id = $1 AND status = 'running' AND attempts = $2`,
};

const fail: Statement = {
  name: "task-fail",
  text: `UPDATE tasks SET status = 'failed', error = $3, dispatch_at = NULL, finished_at = clock_timestamp()
    WHERE id = $1 AND status = 'running' AND attempts = $2`,
};

const retry: Statement = {
  name: "task-retry",
  text: `WITH task AS (
      UPDATE tasks SET status = 'scheduled', error = $3,
        dispatch_at = clock_timestamp() + $4 * interval '1 millisecond'
      WHERE id = $1 AND status = 'running' AND attempts = $2 RETURNING id
    ) SELECT pg_notify('${dueChannel}', '') FROM task`,
};

/** Another worker has taken the task over: whatever this one did must be undone. */
export class AttemptLostError extends Error {
  override readonly name = "AttemptLostError";
}

export const attempts = {
  /** @returns undefined when there is nothing to do: the task has ended, or another worker has it */
  async begin(db: Queryable, taskId: string, redelivered: boolean): Promise<Attempt | undefined> {
    const [row] = await db.query<Columns>(begin, [taskId, redelivered, attemptLease]);
    if (row === undefined) return undefined;
    return {
      taskId,
      type: row.type,
      payload: row.payload,
      correlationId: row.correlation_id,
      number: row.attempts,
      maxAttempts: row.max_attempts,
    };
  },

  /**
   * Makes sure, until the transaction ends, that the attempt is still the task's current one.
   *
   * @throws AttemptLostError
   */
  async lock(transaction: Queryable, { taskId, number }: Attempt): Promise<void> {
    const rows = await transaction.query(lock, [taskId, number]);
    if (rows.length === 0) throw new AttemptLostError(`attempt ${number} is no longer the current one`);
  },

  /** In the transaction that holds the lock and makes the task's effect, so that both happen or neither. */
  async succeed(transaction: Queryable, { taskId, number }: Attempt, result: unknown): Promise<void> {
    await transaction.query(succeed, [taskId, number, JSON.stringify(result)]);
  },

  async fail(db: Queryable, { taskId, number }: Attempt, error: TaskError): Promise<void> {
    await db.query(fail, [taskId, number, JSON.stringify(error)]);
  },

  /** Has the task published again after so many milliseconds. */
  async retry(db: Queryable, { taskId, number }: Attempt, error: TaskError, delay: number): Promise<void> {
    await db.query(retry, [taskId, number, JSON.stringify(error), delay]);
  },
};
