import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/**
 * What changed, of record: a row for each change of a profile or task, written by triggers in the transaction of the
 * change, for workers and the previous release change them as well. So there is an event exactly when its change was
 * committed.
 *
 * `id` is drawn while the changed row is locked: events of the same thing have ids in the order of its versions. What
 * it says of different things is nothing, for transactions end in another order than they draw ids. `xid` is the
 * transaction, by which a reader knows what it has read (see `src/events/position.ts`). An event says what changed and
 * to which version, and nothing of a profile's contents: they would be stored twice, and outlive the profile.
 *
 * `event_marks` has what had been committed at some moments; `event_floor` that of the last moment of which events were
 * removed. Transactions are counted anew by another cluster that a dump was read into, so both also say whose count
 * theirs is.
 *
 * Tasks get a version, as profiles have one, so that what was read and what an event tells can be compared.
 *
 * Profiles are locked before tasks, as by workers, who change profiles and then their task. Statements on either wait
 * until the transaction of the migration ends.
 */
export const events: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      CREATE TABLE events (
        id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        xid        xid8 NOT NULL DEFAULT pg_current_xact_id(),
        type       text NOT NULL,
        subject_id uuid NOT NULL,
        version    integer NOT NULL,
        at         timestamptz NOT NULL DEFAULT clock_timestamp(),
        data       jsonb
      )`.execute(db);
    await sql`CREATE INDEX events_xid_idx ON events (xid, id)`.execute(db);
    // All rows are written once and removed soon after.
    await sql`
      ALTER TABLE events SET (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 1000)`.execute(db);
    await sql`
      CREATE TABLE event_marks (
        at          timestamptz NOT NULL DEFAULT clock_timestamp(),
        history     text NOT NULL,
        cut_end     xid8 NOT NULL,
        cut_running xid8[] NOT NULL
      )`.execute(db);
    await sql`
      CREATE TABLE event_floor (
        only_row    boolean PRIMARY KEY DEFAULT true CHECK (only_row),
        at          timestamptz NOT NULL DEFAULT '-infinity',
        history     text NOT NULL DEFAULT '',
        cut_end     xid8 NOT NULL DEFAULT '0',
        cut_running xid8[] NOT NULL DEFAULT '{}'
      )`.execute(db);
    await sql`INSERT INTO event_floor DEFAULT VALUES`.execute(db);

    await sql`
      CREATE FUNCTION record_profile_event() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF tg_op = 'DELETE' THEN
          INSERT INTO events (type, subject_id, version) VALUES ('profile.deleted', old.id, old.version);
        ELSE
          INSERT INTO events (type, subject_id, version)
          VALUES (CASE tg_op WHEN 'INSERT' THEN 'profile.created' ELSE 'profile.updated' END, new.id, new.version);
        END IF;
        RETURN NULL;
      END $$`.execute(db);
    await sql`
      CREATE TRIGGER profiles_event AFTER INSERT OR DELETE ON profiles
      FOR EACH ROW EXECUTE FUNCTION record_profile_event()`.execute(db);
    await sql`
      CREATE TRIGGER profiles_update_event AFTER UPDATE ON profiles
      FOR EACH ROW WHEN (old.* IS DISTINCT FROM new.*) EXECUTE FUNCTION record_profile_event()`.execute(db);

    await sql`ALTER TABLE tasks ADD COLUMN version integer NOT NULL DEFAULT 1`.execute(db);
    await sql`
      CREATE FUNCTION count_task_version() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN new.version := old.version + 1; RETURN new; END $$`.execute(db);
    await sql`
      CREATE FUNCTION record_task_event() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF tg_op = 'DELETE' THEN
          INSERT INTO events (type, subject_id, version, data)
          VALUES ('task.removed', old.id, old.version, jsonb_build_object('type', old.type));
        ELSE
          INSERT INTO events (type, subject_id, version, data)
          VALUES ('task.' || new.status, new.id, new.version, jsonb_strip_nulls(jsonb_build_object(
            'type', new.type,
            'attempts', new.attempts - new.attempts_before,
            'maxAttempts', new.max_attempts - new.attempts_before,
            'progress', new.progress,
            'errorCode', new.error->>'code')));
        END IF;
        RETURN NULL;
      END $$`.execute(db);
    // What only the dispatcher and workers look at (when it is published next, where it goes on) is no change of it.
    await sql`
      CREATE TRIGGER tasks_version BEFORE UPDATE ON tasks
      FOR EACH ROW WHEN (
        (old.status, old.run_at, old.queued_at, old.attempts, old.attempts_before, old.max_attempts, old.result,
          old.error, old.progress, old.replays)
        IS DISTINCT FROM
        (new.status, new.run_at, new.queued_at, new.attempts, new.attempts_before, new.max_attempts, new.result,
          new.error, new.progress, new.replays)
      ) EXECUTE FUNCTION count_task_version()`.execute(db);
    await sql`
      CREATE TRIGGER tasks_event AFTER INSERT OR DELETE ON tasks
      FOR EACH ROW EXECUTE FUNCTION record_task_event()`.execute(db);
    await sql`
      CREATE TRIGGER tasks_update_event AFTER UPDATE ON tasks
      FOR EACH ROW WHEN (old.version IS DISTINCT FROM new.version) EXECUTE FUNCTION record_task_event()`.execute(db);
  },
};
