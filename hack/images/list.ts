import { existsSync, statSync } from "node:fs";
import { isBundled } from "./bundle.ts";
import { IMAGE_NAMES, IMAGES } from "./catalogue.ts";
import { detectEngine } from "./engines/detect.ts";
import { imagePaths, REPOSITORY } from "./paths.ts";
import { planImages } from "./plan.ts";

/** A line an image: name, size of its archive, reference; or why it has none. */
export async function listImages(cache?: string): Promise<string> {
  const paths = imagePaths(cache);
  const engine = await detectEngine(REPOSITORY, paths);
  const rows = IMAGE_NAMES.map(async (name) => {
    const { bundle } = IMAGES[name];
    if (bundle && !(await isBundled(bundle, REPOSITORY))) return [name, "to build", "its sources changed"];
    const image = (await planImages([name], engine.bases, REPOSITORY, paths)).get(name);
    if (image === undefined) throw new Error(`${name} has no plan`);
    const size = existsSync(image.archive) ? `${Math.round(statSync(image.archive).size / 1e6)} MB` : "to build";
    return [name, size, image.reference];
  });
  return (await Promise.all(rows))
    .map(([name, size, words]) => `${name?.padEnd(12)}${size?.padEnd(10)}${words}`)
    .join("\n");
}
