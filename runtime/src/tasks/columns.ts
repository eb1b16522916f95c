import type { Task, TaskError, TaskProgress, TaskReplays, TaskStatus, TaskType } from "./task.ts";

export const taskColumns = `id, type, payload, status, version, run_at, attempts, max_attempts, attempts_before,
  result, error, progress, replays, replayed_at, first_failure, created_at, queued_at, started_at, finished_at`;

export interface TaskColumns {
  readonly id: string;
  readonly type: string;
  readonly payload: unknown;
  readonly status: string;
  readonly version: number;
  readonly run_at: Date;
  readonly attempts: number;
  readonly max_attempts: number;
  readonly attempts_before: number;
  readonly result: unknown;
  readonly error: TaskError | null;
  readonly progress: TaskProgress | null;
  readonly replays: number;
  readonly replayed_at: Date | null;
  readonly first_failure: TaskReplays["firstFailure"] | null;
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
    version: row.version,
    runAt: row.run_at.toISOString(),
    attempts: row.attempts - row.attempts_before,
    maxAttempts: row.max_attempts - row.attempts_before,
    ...(row.result === null ? {} : { result: row.result }),
    ...(row.error === null ? {} : { error: row.error }),
    ...(row.progress === null ? {} : { progress: row.progress }),
    ...replaysOf(row),
    createdAt: row.created_at.toISOString(),
    ...optionalTime("queuedAt", row.queued_at),
    ...optionalTime("startedAt", row.started_at),
    ...optionalTime("finishedAt", row.finished_at),
  };
}

function replaysOf({ replays, replayed_at, first_failure }: TaskColumns): { readonly replays?: TaskReplays } {
  if (replayed_at === null) return {};
  const latestAt = replayed_at.toISOString();
  return { replays: { count: replays, latestAt, ...(first_failure ? { firstFailure: first_failure } : {}) } };
}

function optionalTime<Name extends string>(name: Name, time: Date | null): { readonly [key in Name]?: string } {
  return time === null ? {} : ({ [name]: time.toISOString() } as { readonly [key in Name]?: string });
}
