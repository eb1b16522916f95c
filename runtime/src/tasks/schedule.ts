import type { Postgres, Queryable, Statement } from "../kit/stores/postgres.ts";
import { type TraceContext, writeTrace } from "../kit/traces/context.ts";
import { type TaskColumns, taskColumns, toTask } from "./columns.ts";
import { maxAttempts, type ScheduleInput, type Task, type TaskInput } from "./task.ts";

/**
 * Statement that schedules a task. Now is PostgreSQL's, so that a delay is measured by the clock that decides when it is
 * over. It notifies nobody: PostgreSQL has transactions that notify commit one after the other, so that on a slow disk
 * a few tasks a second had all connections wait.
 *
 * @param change has `due.at` to take the time from, which is made of the parameters $1 (a time) and $2 (seconds)
 */
export function scheduling(name: string, change: string): Statement {
  return {
    name,
    text: `WITH due AS (SELECT coalesce($1::timestamptz, clock_timestamp() + $2 * interval '1 second') AS at)
      ${change} RETURNING ${taskColumns}`,
  };
}

/** The parameters $1 and $2 of a scheduling statement. */
export function dueParameters({ runAt, delaySeconds = 0 }: ScheduleInput): readonly unknown[] {
  return [runAt ?? null, delaySeconds];
}

/** The parameters for the columns of a trace, `traceparent` and `tracestate`. */
export function traceParameters(trace: TraceContext | undefined): readonly unknown[] {
  return [trace?.traceparent ?? null, trace?.tracestate ?? null];
}

const insert = scheduling(
  "task-insert",
  `INSERT INTO tasks (id, type, payload, run_at, dispatch_at, max_attempts, correlation_id, traceparent, tracestate)
   SELECT $3::uuid, $4, $5::jsonb, due.at, due.at, $6::integer, $7, $8, $9 FROM due`,
);

const find: Statement = { name: "task-find", text: `SELECT ${taskColumns} FROM tasks WHERE id = $1` };

/** The schedule of record. */
export class TaskSchedule {
  readonly #db: Pick<Postgres, "query" | "read">;

  constructor(db: Pick<Postgres, "query" | "read">) {
    this.#db = db;
  }

  /**
   * Records a task; once this resolves, and is committed, it will be carried out, unless it is cancelled. Its execution
   * belongs to the trace that this does.
   *
   * @param db the transaction to record it in, if it is to be recorded together with something else
   */
  async add(id: string, input: TaskInput, correlationId: string, db: Queryable = this.#db): Promise<Task> {
    const { type, payload } = input;
    const task = [id, type, JSON.stringify(payload), maxAttempts, correlationId];
    const values = [...dueParameters(input), ...task, ...traceParameters(writeTrace())];
    const [row] = await db.query<TaskColumns>(insert, values);
    if (row === undefined) throw new Error("INSERT … RETURNING returned no row");
    return toTask(row);
  }

  async find(id: string): Promise<Task | undefined> {
    const [row] = await this.#db.read<TaskColumns>(find, [id]);
    return row === undefined ? undefined : toTask(row);
  }
}
