import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** One row that all replicas read every second: whether, and under which epoch, the shared cache may be believed. */
export const cacheTrust: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      CREATE TABLE cache_trust (
        only_row       boolean PRIMARY KEY DEFAULT true CHECK (only_row),
        epoch          bigint NOT NULL DEFAULT 1,
        run_id         text NOT NULL DEFAULT '',
        distrust_until timestamptz NOT NULL DEFAULT '-infinity'
      )`.execute(db);
    await sql`INSERT INTO cache_trust DEFAULT VALUES`.execute(db);
  },
};
