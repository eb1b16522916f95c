import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { noise } from "@profile-platform/runtime/test/pictures";

/** Writes a small picture of each kind that can be uploaded, named by its type: `png`. */
export async function writePictures(folder: string): Promise<void> {
  mkdirSync(folder);
  const picture = noise(16, 12);
  const kinds = {
    gif: picture.clone().gif(),
    jpeg: picture.clone().jpeg(),
    png: picture.clone().png(),
    webp: picture.clone().webp(),
  };
  for (const [name, encoded] of Object.entries(kinds)) writeFileSync(join(folder, name), await encoded.toBuffer());
}
