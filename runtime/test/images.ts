import { inject } from "vitest";
import { runSql } from "./postgres.ts";
import type { Settings } from "./service.ts";

export interface StoredCounts {
  readonly images: number;
  readonly data: number;
  readonly references: number;
}

/** What the database holds of images. */
export async function storedCounts(settings: Settings): Promise<StoredCounts> {
  const [row] = await runSql(
    inject("services").postgres.port,
    settings["DB_NAME"] ?? "",
    `SELECT (SELECT count(*) FROM images)::integer AS images, (SELECT count(*) FROM image_data)::integer AS data,
      (SELECT count(*) FROM profile_images)::integer AS references`,
  );
  return row as unknown as StoredCounts;
}

/** One file named `image`, as a browser sends it. */
export function formOf(file: Uint8Array<ArrayBuffer>, name = "image"): FormData {
  const form = new FormData();
  form.set(name, new Blob([file], { type: "image/png" }), "picture.png");
  return form;
}
