import type { Postgres, Queryable, Statement } from "../kit/stores/postgres.ts";
import { type TaskColumns, taskColumns, toTask } from "./columns.ts";
import { maxAttempts, type Task, type TaskInput } from "./task.ts";

/** Heard by every dispatcher; its payload is empty, for a hint to look is all that it is. */
export const dueChannel = "tasks_due";

// Now is PostgreSQL's, so that a delay is measured by the clock that decides when it is over.
const insert: Statement = {
  name: "task-insert",
  text: `WITH task AS (
      INSERT INTO tasks (id, type, payload, run_at, dispatch_at, max_attempts, correlation_id)
      SELECT $1, $2, $3, due.at, due.at, $6, $7
      FROM (SELECT coalesce($4::timestamptz, clock_timestamp() + $5 * interval '1 second') AS at) AS due
      RETURNING ${taskColumns}
    ), hint AS (SELECT pg_notify('${dueChannel}', ''))
    SELECT task.* FROM task, hint`,
};

const find: Statement = { name: "task-find", text: `SELECT ${taskColumns} FROM tasks WHERE id = $1` };

/** The schedule of record. */
export class TaskSchedule {
  readonly #db: Pick<Postgres, "query" | "read">;

  constructor(db: Pick<Postgres, "query" | "read">) {
    this.#db = db;
  }

  /**
   * Records a task; once this resolves, and is committed, it will be carried out.
   *
   * @param db the transaction to record it in, if it is to be recorded together with something else
   */
  async add(id: string, input: TaskInput, correlationId: string, db: Queryable = this.#db): Promise<Task> {
    const { type, payload, runAt, delaySeconds = 0 } = input;
    const values = [id, type, JSON.stringify(payload), runAt ?? null, delaySeconds, maxAttempts, correlationId];
    const [row] = await db.query<TaskColumns>(insert, values);
    if (row === undefined) throw new Error("INSERT … RETURNING returned no row");
    return toTask(row);
  }

  async find(id: string): Promise<Task | undefined> {
    const [row] = await this.#db.read<TaskColumns>(find, [id]);
    return row === undefined ? undefined : toTask(row);
  }
}
