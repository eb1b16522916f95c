import type { Task, TaskError, TaskStatus, TaskType } from "./task.ts";

export const taskColumns = `id, type, payload, status, run_at, attempts, max_attempts, result, error,
  created_at, queued_at, started_at, finished_at`;

export interface TaskColumns {
  readonly id: string;
  readonly type: string;
  readonly payload: unknown;
  readonly status: string;
  readonly run_at: Date;
  readonly attempts: number;
  readonly max_attempts: number;
  readonly result: unknown;
  readonly error: TaskError | null;
  readonly created_at: Date;
  readonly queued_at: Date | null;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
}

export function toTask(row: TaskColumns): Task {
  return {
    id: row.id,
    type: row.type as TaskType,
    payload: row.payload,
    status: row.status as TaskStatus,
    runAt: row.run_at.toISOString(),
    attempts: row.attempts,
    maxAttempts: row.max_attempts,
    ...(row.result === null ? {} : { result: row.result }),
    ...(row.error === null ? {} : { error: row.error }),
    createdAt: row.created_at.toISOString(),
    ...optionalTime("queuedAt", row.queued_at),
    ...optionalTime("startedAt", row.started_at),
    ...optionalTime("finishedAt", row.finished_at),
  };
}

function optionalTime<Name extends string>(name: Name, time: Date | null): { readonly [key in Name]?: string } {
  return time === null ? {} : ({ [name]: time.toISOString() } as { readonly [key in Name]?: string });
}
