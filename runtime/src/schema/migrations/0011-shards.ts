import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/**
 * What several databases that share profiles out need. With one database nothing of it is used: `shard` stays empty,
 * and there are no triggers (`src/shards/prepare.ts` makes them).
 *
 * `shard` says of a database which one it is, and which slots it has. `hold_slot` tells whether it has one, and has
 * whoever moves slots wait until the transaction has ended; the look comes after the lock, by a snapshot of its own.
 * `profile_emails` has the addresses of all profiles, and is at home, the first database. `transaction_decisions` tells
 * of transactions over several databases whether they were committed, and is there as well.
 */
export const shards: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      CREATE TABLE shard (
        only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
        number   integer NOT NULL,
        slots    int4multirange NOT NULL
      )`.execute(db);
    await sql`
      CREATE TABLE profile_emails (
        email      text PRIMARY KEY,
        profile_id uuid NOT NULL
      )`.execute(db);
    await sql`
      CREATE TABLE transaction_decisions (
        id        uuid PRIMARY KEY,
        committed boolean NOT NULL,
        shards    integer[] NOT NULL,
        at        timestamptz NOT NULL DEFAULT clock_timestamp()
      )`.execute(db);
    await sql`CREATE INDEX transaction_decisions_at_idx ON transaction_decisions (at)`.execute(db);
    await sql`
      CREATE FUNCTION slot_of(id uuid) RETURNS integer LANGUAGE sql IMMUTABLE AS
      $$ SELECT ('x' || left(id::text, 3))::bit(12)::integer >> 2 $$`.execute(db);
    // The first number keeps these locks apart from those of others; it is of no meaning.
    await sql`
      CREATE FUNCTION hold_slot(wanted integer) RETURNS boolean LANGUAGE plpgsql AS $$
      BEGIN
        PERFORM pg_advisory_xact_lock_shared(1024, wanted);
        RETURN coalesce((SELECT slots @> wanted FROM shard), false);
      END $$`.execute(db);
    await sql`
      CREATE FUNCTION require_slot() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF NOT hold_slot(slot_of(new.id)) THEN
          RAISE EXCEPTION 'the slot of profile % is in another database: is DB_SHARDS set everywhere?', new.id;
        END IF;
        RETURN new;
      END $$`.execute(db);
    await sql`
      CREATE FUNCTION note_profile_email() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF tg_op = 'UPDATE' AND lower(old.email) = lower(new.email) THEN RETURN NULL; END IF;
        IF tg_op <> 'INSERT' THEN
          DELETE FROM profile_emails WHERE email = lower(old.email) AND profile_id = old.id;
        END IF;
        IF tg_op <> 'DELETE' THEN
          INSERT INTO profile_emails (email, profile_id) VALUES (lower(new.email), new.id);
        END IF;
        RETURN NULL;
      END $$`.execute(db);
    await sql`
      CREATE FUNCTION forget_profile_images() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN DELETE FROM profile_images WHERE profile_id = old.id; RETURN NULL; END $$`.execute(db);
  },
};
