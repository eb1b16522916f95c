import type { Breakers } from "../../kit/breakers.ts";
import type { Postgres } from "../../kit/stores/postgres.ts";
import type { S3Settings } from "../config.ts";
import { PostgresqlStore } from "./postgresql.ts";
import type { S3Store } from "./s3.ts";
import type { ImageStore, ImageStores, StoreName } from "./store.ts";

export interface OpenStores extends ImageStores {
  /** The bucket, if one is configured. */
  readonly s3?: S3Store;
}

/** The stores of images. Images that were stored before S3 was configured stay where they are. */
export async function openImageStores(
  db: Postgres,
  settings: S3Settings | undefined,
  breakers: Pick<Breakers, "create">,
): Promise<OpenStores> {
  const postgresql = new PostgresqlStore(db);
  if (settings === undefined) return { current: postgresql, byName: new Map([["postgresql", postgresql]]) };
  // The SDK takes tens of megabytes, and is loaded only where it is used.
  const { S3Store } = await import("./s3.ts");
  const s3 = new S3Store(settings, breakers);
  const byName = new Map<StoreName, ImageStore>([
    ["postgresql", postgresql],
    ["s3", s3],
  ]);
  return { current: s3, byName, s3 };
}
