import type { Postgres, Statement } from "../kit/stores/postgres.ts";
import { writeTrace } from "../kit/traces/context.ts";
import { type TaskColumns, taskColumns, toTask } from "./columns.ts";
import { dueParameters, scheduling, type TaskSchedule, traceParameters } from "./schedule.ts";
import { maxAttempts, type ScheduleInput, type Task, type TaskStatus } from "./task.ts";

// A running attempt finds out when it is about to commit, for the row is not its own any more, and undoes itself.
const cancel: Statement = {
  name: "task-cancel",
  text: `UPDATE tasks SET status = 'cancelled', dispatch_at = NULL, finished_at = clock_timestamp()
    WHERE id = $1 AND status IN ('scheduled', 'queued', 'running') RETURNING ${taskColumns}`,
};

const replay = scheduling(
  "task-replay",
  `UPDATE tasks SET status = 'scheduled', run_at = due.at, dispatch_at = due.at, publications = 0,
      max_attempts = attempts + $4, attempts_before = attempts,
      replays = replays + 1, replayed_at = clock_timestamp(),
      first_failure = CASE WHEN first_failure IS NULL AND status = 'failed'
        THEN error || jsonb_build_object(
          'failedAt', to_char(finished_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
        ELSE first_failure END,
      traceparent = $5, tracestate = $6,
      error = NULL, queued_at = NULL, started_at = NULL, finished_at = NULL
    FROM due WHERE id = $3 AND status IN ('failed', 'cancelled')`,
);

/** What was asked for does not fit the status that the task has. */
export class TaskStatusError extends Error {
  override readonly name = "TaskStatusError";
  readonly status: TaskStatus;

  constructor(status: TaskStatus) {
    super(`the task is ${status}`);
    this.status = status;
  }
}

/** Between a change that did not fit and the look at why, the status may have changed to one that fits. */
const tries = 5;

/** What people may do to a task after it was scheduled. */
export class TaskControl {
  readonly #db: Pick<Postgres, "query">;
  readonly #schedule: Pick<TaskSchedule, "find">;

  constructor(db: Pick<Postgres, "query">, schedule: Pick<TaskSchedule, "find">) {
    this.#db = db;
    this.#schedule = schedule;
  }

  /**
   * Once this resolves nothing of the task will be committed any more. A task that was cancelled before is left as it
   * is.
   *
   * @returns undefined when there is no such task
   * @throws TaskStatusError when it has succeeded or failed
   */
  async cancel(id: string): Promise<Task | undefined> {
    return this.#change(cancel, [id], id, ({ status }) => status === "cancelled");
  }

  /**
   * Schedules a task again that failed or was cancelled, with attempts as a new one has them. Long work goes on
   * where it was. What is done from now on belongs to the trace that this does, and not to the one before.
   *
   * @returns undefined when there is no such task
   * @throws TaskStatusError when it has another status
   */
  async replay(id: string, input: ScheduleInput): Promise<Task | undefined> {
    const values = [...dueParameters(input), id, maxAttempts, ...traceParameters(writeTrace())];
    return this.#change(replay, values, id, () => false);
  }

  async #change(
    statement: Statement,
    values: readonly unknown[],
    id: string,
    done: (task: Task) => boolean,
  ): Promise<Task | undefined> {
    let status: TaskStatus = "scheduled";
    for (let count = 0; count < tries; count += 1) {
      const [row] = await this.#db.query<TaskColumns>(statement, values);
      if (row !== undefined) return toTask(row);
      const task = await this.#schedule.find(id);
      if (task === undefined || done(task)) return task;
      status = task.status;
      if (status === "succeeded") break;
    }
    throw new TaskStatusError(status);
  }
}
