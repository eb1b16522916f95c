import { reasonOf } from "../kit/errors.ts";
import type { Logger } from "../kit/log.ts";
import type { Postgres, Statement } from "../kit/stores/postgres.ts";
import { Sweeper } from "../kit/sweeper.ts";
import type { SizeName } from "./image.ts";
import type { ImageMetrics } from "./metrics.ts";
import type { S3Store } from "./store/s3.ts";
import type { BlobKey } from "./store/store.ts";

/** Reviews dealt with by one statement, which has to be short. */
const batch = 100;

/** Milliseconds between two sweeps at most; a retention that is short is looked after more often. */
const longestInterval = 60_000;

// An upload that counts on an image has touched it, and noted a review of its own for later. Touching and looking here
// wait for each other: what was touched meanwhile is seen, since a row that was waited for is read anew.
const review: Statement = {
  name: "image-review",
  text: `WITH due AS MATERIALIZED (
      DELETE FROM image_reviews WHERE id IN (
        SELECT id FROM image_reviews WHERE at < clock_timestamp() - $1 * interval '1 millisecond'
        ORDER BY at LIMIT $2 FOR UPDATE SKIP LOCKED
      ) RETURNING hash
    ), orphans AS MATERIALIZED (
      SELECT hash FROM images
      WHERE hash IN (SELECT hash FROM due) AND touched_at < clock_timestamp() - $1 * interval '1 millisecond'
        AND NOT EXISTS (SELECT FROM profile_images WHERE profile_images.hash = images.hash)
      ORDER BY hash FOR UPDATE
    ), removed AS (
      DELETE FROM images USING orphans WHERE images.hash = orphans.hash
      RETURNING images.hash, generation, store, sizes
    ), queued AS (
      INSERT INTO image_removals (hash, generation, sizes)
      SELECT hash, generation, ARRAY(SELECT jsonb_object_keys(sizes)) FROM removed WHERE store = 's3'
    ) SELECT (SELECT count(*) FROM due)::integer AS reviewed, (SELECT count(*) FROM removed)::integer AS removed`,
};

const listRemovals: Statement = {
  name: "image-removals-list",
  text: "SELECT hash, generation, sizes FROM image_removals LIMIT $1",
};

const endRemoval: Statement = {
  name: "image-removals-end",
  text: "DELETE FROM image_removals WHERE hash = $1 AND generation = $2",
};

interface Removal extends BlobKey {
  readonly sizes: readonly SizeName[];
}

export interface RemovalOptions {
  readonly db: Pick<Postgres, "query">;
  /** Where images may be whose rows are gone; absent when no bucket is configured. */
  readonly s3: Pick<S3Store, "remove"> | undefined;
  /** Milliseconds for which an image that no profile has is kept. */
  readonly retention: number;
  readonly metrics: Pick<ImageMetrics, "removed">;
  readonly log: Logger;
  /** In [0, 1). */
  readonly random: () => number;
}

/** Removes images that no profile has any more, or never had. */
export function createImageRemoval({ db, s3, retention, metrics, log, random }: RemovalOptions): Sweeper {
  const remove = async (limit: number): Promise<number> => {
    if (s3 !== undefined) await emptyBucket(db, s3, log);
    // Most reviews find nothing to remove: that a batch removed little does not mean that there is no other.
    let removed = 0;
    for (;;) {
      const [row] = await db.query<{ reviewed: number; removed: number }>(review, [retention, limit]);
      removed += row?.removed ?? 0;
      if (row === undefined || row.reviewed < limit || removed >= limit) return removed;
    }
  };
  const interval = Math.min(longestInterval, retention);
  const what = "images that no profile has";
  return new Sweeper({ what, remove, removed: metrics.removed, log, random, interval, batch });
}

/** Removes what is still in the bucket of images whose rows are gone. Two replicas may do the same: it is no harm. */
async function emptyBucket(db: Pick<Postgres, "query">, s3: Pick<S3Store, "remove">, log: Logger): Promise<void> {
  const removals = await db.query<Removal & { hash: Buffer; generation: string }>(listRemovals, [batch]);
  try {
    for (const removal of removals) {
      await s3.remove(removal, removal.sizes);
      await db.query(endRemoval, [removal.hash, removal.generation]);
    }
  } catch (err) {
    // What the database has to do goes on; the next sweep tries again.
    log.warn({ reason: reasonOf(err) }, "images could not be removed from the bucket: the next sweep tries again");
  }
}
