import type { Postgres, Queryable, Statement } from "../kit/stores/postgres.ts";
import type { EncodedImage } from "./encode.ts";
import { type StoredSizes, servedType } from "./image.ts";
import type { BlobKey, StoreName } from "./store/store.ts";

/** An image as its row tells it. */
export interface ImageRecord extends BlobKey {
  readonly store: StoreName;
  readonly sizes: StoredSizes;
}

/** An image that an upload counts on. */
export interface ReservedImage extends ImageRecord {
  /** Whether its bytes are in the store. */
  readonly stored: boolean;
}

function statement(name: string, text: string): Statement {
  return { name: `image-${name}`, text };
}

const columns = "hash, generation, store, sizes";

// Whoever touches an image notes that it is to be reviewed, for nobody can say whether the upload will end.
const reviewing = (change: string) =>
  `WITH touched AS (${change} RETURNING ${columns}, stored), review AS (
    INSERT INTO image_reviews (hash) SELECT hash FROM touched
  ) SELECT * FROM touched ORDER BY hash LIMIT 1`;

const statements = {
  findBySource: statement(
    "find-by-source",
    reviewing("UPDATE images SET touched_at = clock_timestamp() WHERE source_hash = $1 AND stored"),
  ),
  reserve: statement(
    "reserve",
    reviewing(`INSERT INTO images (hash, generation, source_hash, type, sizes, store) VALUES ($1, $2, $3, $4, $5, $6)
      ON CONFLICT (hash) DO UPDATE SET touched_at = clock_timestamp()`),
  ),
  confirm: statement(
    "confirm",
    `UPDATE images SET stored = true, touched_at = clock_timestamp()
     WHERE hash = $1 AND generation = $2 RETURNING hash`,
  ),
  find: statement(
    "find",
    `SELECT ${columns} FROM images
     WHERE hash = $1 AND stored AND EXISTS (SELECT FROM profile_images WHERE profile_images.hash = images.hash)`,
  ),
};

/** Reads, which may be repeated after a broken connection. */
export class ImageReader {
  readonly #db: Pick<Postgres, "read">;

  constructor(db: Pick<Postgres, "read">) {
    this.#db = db;
  }

  /** An image that some profile has. */
  async find(hash: string): Promise<ImageRecord | undefined> {
    const [row] = await this.#db.read<ImageRecord>(statements.find, [Buffer.from(hash, "hex")]);
    return row;
  }
}

/**
 * An image is reserved first, so that there is a row that tells of it whenever something of it is in a store; and
 * confirmed in the transaction in which a profile gets it. What is reserved and never confirmed is removed later.
 */
export const imageWrites = {
  /** The stored image that was made of an uploaded file before, touched so that it stays for a while. */
  async findBySource(db: Queryable, sourceHash: Buffer): Promise<ImageRecord | undefined> {
    const [row] = await db.query<ReservedImage>(statements.findBySource, [sourceHash]);
    return row;
  },

  /**
   * @param generation of the image if it is a new one
   * @param store where a new one goes
   */
  async reserve(
    db: Queryable,
    { hash, sizes }: Pick<EncodedImage, "hash" | "sizes">,
    sourceHash: Buffer,
    generation: string,
    store: StoreName,
  ): Promise<ReservedImage> {
    const values = [hash, generation, sourceHash, servedType, JSON.stringify(sizes), store];
    const [row] = await db.query<ReservedImage>(statements.reserve, values);
    if (row === undefined) throw new Error("INSERT … DO UPDATE … RETURNING returned no row");
    return row;
  },

  /**
   * Keeps the image from being removed until the transaction has ended.
   *
   * @returns false when it was removed since it was reserved
   */
  async confirm(transaction: Queryable, { hash, generation }: BlobKey): Promise<boolean> {
    return (await transaction.query(statements.confirm, [hash, generation])).length > 0;
  },
};
