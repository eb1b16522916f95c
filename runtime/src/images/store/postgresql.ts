import { errorCode, UnavailableError } from "../../kit/errors.ts";
import type { Postgres, Statement } from "../../kit/stores/postgres.ts";
import type { SizeName } from "../image.ts";
import type { BlobKey, ImageStore } from "./store.ts";

const put: Statement = {
  name: "image-data-put",
  text: "INSERT INTO image_data (hash, size, data) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
};

const read: Statement = {
  name: "image-data-read",
  text: "SELECT substring(data FROM $3::integer + 1 FOR $4::integer) AS part FROM image_data WHERE hash = $1 AND size = $2",
};

const foreignKeyViolation = "23503";

/** Images in the database, where they are removed together with their row. */
export class PostgresqlStore implements ImageStore {
  readonly name = "postgresql";
  readonly #db: Pick<Postgres, "query" | "read">;

  constructor(db: Pick<Postgres, "query" | "read">) {
    this.#db = db;
  }

  async put({ hash }: BlobKey, size: SizeName, data: Buffer): Promise<void> {
    try {
      await this.#db.query(put, [hash, size, data]);
    } catch (cause) {
      if (errorCode(cause) !== foreignKeyViolation) throw cause;
      throw new UnavailableError("postgresql", "the image was removed while it was being stored", { cause });
    }
  }

  async read({ hash }: BlobKey, size: SizeName, from: number, length: number): Promise<Buffer | undefined> {
    const [row] = await this.#db.read<{ part: Buffer }>(read, [hash, size, from, length]);
    return row?.part;
  }
}
