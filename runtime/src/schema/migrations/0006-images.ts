import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/**
 * Images of profiles. An image is stored once however many profiles show it, under a hash of what is served. A profile
 * holds in its own row what is shown of its images, in order: whoever waits for the row, to change or to read it, gets
 * the images that belong to its version, which a look into another table would not promise. `profile_images` says the
 * same by image, so that one that nobody has is found.
 *
 * `touched_at` is when an upload last counted on the image being there. `image_reviews` names the images that may have
 * become superfluous: those that an upload has begun with, and those that a profile has lost. A trigger notes the
 * latter, for profiles are also deleted by workers and by the previous release. `generation` tells an image from one
 * of the same content that was removed before, so that what is still being removed of that is never taken from this;
 * `image_removals` has what is left of it in an object store.
 */
export const images: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`ALTER TABLE profiles ADD COLUMN images jsonb NOT NULL DEFAULT '[]'`.execute(db);
    await sql`
      CREATE TABLE images (
        hash        bytea PRIMARY KEY,
        generation  uuid NOT NULL,
        source_hash bytea NOT NULL,
        type        text NOT NULL,
        sizes       jsonb NOT NULL,
        store       text NOT NULL CHECK (store IN ('postgresql', 's3')),
        stored      boolean NOT NULL DEFAULT false,
        created_at  timestamptz NOT NULL DEFAULT now(),
        touched_at  timestamptz NOT NULL DEFAULT clock_timestamp()
      )`.execute(db);
    await sql`CREATE INDEX images_source_hash_idx ON images (source_hash)`.execute(db);
    await sql`
      CREATE TABLE image_data (
        hash bytea NOT NULL REFERENCES images ON DELETE CASCADE,
        size text NOT NULL,
        data bytea NOT NULL,
        PRIMARY KEY (hash, size)
      )`.execute(db);
    // Pictures are compressed already; uncompressed, a part of one is read without the rest.
    await sql`ALTER TABLE image_data ALTER COLUMN data SET STORAGE EXTERNAL`.execute(db);
    await sql`
      CREATE TABLE profile_images (
        profile_id uuid NOT NULL REFERENCES profiles ON DELETE CASCADE,
        hash       bytea NOT NULL REFERENCES images,
        PRIMARY KEY (profile_id, hash)
      )`.execute(db);
    await sql`CREATE INDEX profile_images_hash_idx ON profile_images (hash)`.execute(db);
    await sql`
      CREATE TABLE image_reviews (
        id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        hash bytea NOT NULL,
        at   timestamptz NOT NULL DEFAULT clock_timestamp()
      )`.execute(db);
    await sql`CREATE INDEX image_reviews_at_idx ON image_reviews (at)`.execute(db);
    await sql`
      CREATE TABLE image_removals (
        hash       bytea NOT NULL,
        generation uuid NOT NULL,
        sizes      text[] NOT NULL,
        PRIMARY KEY (hash, generation)
      )`.execute(db);
    await sql`
      CREATE FUNCTION review_image() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN INSERT INTO image_reviews (hash) VALUES (old.hash); RETURN NULL; END $$`.execute(db);
    await sql`
      CREATE TRIGGER profile_images_review AFTER DELETE ON profile_images
      FOR EACH ROW EXECUTE FUNCTION review_image()`.execute(db);
  },
};
