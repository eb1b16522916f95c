import type { Postgres, Statement } from "../kit/stores/postgres.ts";
import { type TaskColumns, taskColumns, toTask } from "./columns.ts";
import { start, type TaskPlace } from "./cursor.ts";
import type { Task, TaskStatus, TaskType } from "./task.ts";

/** Which tasks to list; of several conditions all must hold. Times are ISO 8601, and not themselves included. */
export interface TaskFilter {
  readonly status?: TaskStatus | undefined;
  readonly type?: TaskType | undefined;
  readonly dueAfter?: string | undefined;
  readonly dueBefore?: string | undefined;
}

export interface ListedTask {
  readonly task: Task;
  /** For cursors. */
  readonly place: TaskPlace;
}

// The status stands in the text and not among the parameters: only so may PostgreSQL use an index of some statuses
// alone, and keep the plan.
function list(status: TaskStatus | undefined): Statement {
  const condition = status === undefined ? "" : `AND status = '${status}'`;
  return {
    name: `task-list-${status ?? "all"}`,
    text: `SELECT ${taskColumns}, (extract(epoch FROM run_at) * 1000000)::bigint AS due_micros FROM tasks
      WHERE (run_at, id) > (timestamptz '1970-01-01 00:00:00+00' + $1::bigint * interval '1 microsecond', $2::uuid)
        AND run_at > coalesce($3::timestamptz, '-infinity') AND run_at < coalesce($4::timestamptz, 'infinity')
        AND ($5::text IS NULL OR type = $5) ${condition}
      ORDER BY run_at, id LIMIT $6`,
  };
}

/** Tasks behind a place, in the order in which they are due. */
export async function listTasks(
  db: Pick<Postgres, "read">,
  filter: TaskFilter,
  limit: number,
  after: TaskPlace = start,
): Promise<readonly ListedTask[]> {
  const { status, type = null, dueAfter = null, dueBefore = null } = filter;
  const values = [after.dueMicros, after.id, dueAfter, dueBefore, type, limit];
  const rows = await db.read<TaskColumns & { readonly due_micros: string }>(list(status), values);
  return rows.map((row) => ({ task: toTask(row), place: { dueMicros: row.due_micros, id: row.id } }));
}
