import { until } from "./instance.ts";
import { ownServices } from "./own-services.ts";
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
    ownServices().postgres.port,
    settings["DB_NAME"] ?? "",
    `SELECT (SELECT count(*) FROM images)::integer AS images, (SELECT count(*) FROM image_data)::integer AS data,
      (SELECT count(*) FROM profile_images)::integer AS references`,
  );
  return row as unknown as StoredCounts;
}

/** The same, once no image is left that no profile has: those of earlier tests are removed in the background. */
export function settledCounts(settings: Settings): Promise<StoredCounts> {
  return until("images without a profile to be removed", async () => {
    const orphans = await runSql(
      ownServices().postgres.port,
      settings["DB_NAME"] ?? "",
      "SELECT 1 FROM images WHERE NOT EXISTS (SELECT FROM profile_images WHERE profile_images.hash = images.hash)",
    );
    return orphans.length === 0 ? storedCounts(settings) : undefined;
  });
}

/** One file named `image`, as a browser sends it. */
export function formOf(file: Uint8Array<ArrayBuffer>, name = "image"): FormData {
  const form = new FormData();
  form.set(name, new Blob([file], { type: "image/png" }), "picture.png");
  return form;
}
