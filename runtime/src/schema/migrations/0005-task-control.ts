import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/**
 * Cancelling, progress and replays of tasks, and the order in which they are listed and removed.
 *
 * `attempts` and `max_attempts` only ever grow, for the number of an attempt tells a worker whether the task is still
 * its own, those of the previous release included: a replay raises `max_attempts`, and `attempts_before` is what the
 * attempts of the current run are counted from. `state` is where long work goes on.
 *
 * The new constraints are wider than those they replace, so what is in the table need not be read to trust them. The
 * table is altered before the indexes are built: taking the stronger lock last could end in a deadlock with a worker.
 * Statements on tasks wait meanwhile, about a second for each million rows.
 */
export const taskControl: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      ALTER TABLE tasks
        ADD COLUMN attempts_before integer NOT NULL DEFAULT 0,
        ADD COLUMN progress        jsonb,
        ADD COLUMN state           jsonb,
        ADD COLUMN replays         integer NOT NULL DEFAULT 0,
        ADD COLUMN replayed_at     timestamptz,
        ADD COLUMN first_failure   jsonb,
        DROP CONSTRAINT tasks_status_check,
        DROP CONSTRAINT tasks_check,
        ADD CONSTRAINT tasks_status_check
          CHECK (status IN ('scheduled', 'queued', 'running', 'succeeded', 'failed', 'cancelled')) NOT VALID,
        ADD CONSTRAINT tasks_ended_check
          CHECK ((dispatch_at IS NULL) = (status IN ('succeeded', 'failed', 'cancelled'))) NOT VALID`.execute(db);
    await sql`CREATE INDEX tasks_run_at_idx ON tasks (run_at, id)`.execute(db);
    await sql`CREATE INDEX tasks_status_idx ON tasks (status, run_at, id) WHERE status <> 'succeeded'`.execute(db);
    await sql`CREATE INDEX tasks_finished_at_idx ON tasks (finished_at) WHERE finished_at IS NOT NULL`.execute(db);
    // Each task is written to four or five times. The scan for due ones begins where the dead entries of the index are.
    await sql`
      ALTER TABLE tasks SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000)`.execute(db);
  },
};
