import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/**
 * The name of the write-ahead log that this database writes (see `src/kit/stores/postgres-history.ts`), noted in that
 * log itself: a replica that shows it has read that log, and not the one of a primary that was replaced.
 */
export const databaseHistory: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      CREATE TABLE database_history (
        only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
        history  text NOT NULL
      )`.execute(db);
  },
};
