import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/**
 * `dispatch_at` is when the task must (again) be published: its due time, the end of a back-off, or the moment at
 * which a published or running task that nobody finished is taken for lost. Null once the task has ended.
 */
export const tasks: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      CREATE TABLE tasks (
        id             uuid PRIMARY KEY,
        type           text NOT NULL,
        payload        jsonb NOT NULL,
        status         text NOT NULL DEFAULT 'scheduled'
                       CHECK (status IN ('scheduled', 'queued', 'running', 'succeeded', 'failed')),
        run_at         timestamptz NOT NULL,
        dispatch_at    timestamptz,
        publications   integer NOT NULL DEFAULT 0,
        attempts       integer NOT NULL DEFAULT 0,
        max_attempts   integer NOT NULL,
        result         jsonb,
        error          jsonb,
        correlation_id text NOT NULL,
        created_at     timestamptz NOT NULL DEFAULT now(),
        queued_at      timestamptz,
        started_at     timestamptz,
        finished_at    timestamptz,
        CHECK ((dispatch_at IS NULL) = (status IN ('succeeded', 'failed')))
      )`.execute(db);
    await sql`CREATE INDEX tasks_dispatch_at_idx ON tasks (dispatch_at) WHERE dispatch_at IS NOT NULL`.execute(db);
  },
};
