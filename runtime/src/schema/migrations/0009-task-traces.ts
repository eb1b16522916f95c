import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/**
 * Where in which trace a task was scheduled, as W3C Trace Context writes it: null outside of a trace, and for tasks of
 * the previous release. Columns without a default are added without touching a row.
 */
export const taskTraces: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`ALTER TABLE tasks ADD COLUMN traceparent text, ADD COLUMN tracestate text`.execute(db);
  },
};
