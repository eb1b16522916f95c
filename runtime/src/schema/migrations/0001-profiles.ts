import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** `position` numbers profiles in the order of creation: listing by it is stable and needs one index. */
export const profiles: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      CREATE TABLE profiles (
        id         uuid PRIMARY KEY,
        position   bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
        name       text NOT NULL,
        email      text NOT NULL,
        bio        text,
        version    integer NOT NULL DEFAULT 1,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now()
      )`.execute(db);
    await sql`CREATE UNIQUE INDEX profiles_email_key ON profiles (lower(email))`.execute(db);
  },
};
