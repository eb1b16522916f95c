import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { concurrently } from "@profile-platform/operator/engine/kit/concurrently";
import type { Progress } from "../cluster/embedded/progress.ts";
import type { Engine } from "./engines/engine.ts";
import type { ImagePaths } from "./paths.ts";
import { inBuildOrder, type PlannedImage } from "./plan.ts";
import { removeOldArchives } from "./prune.ts";

/** A build waits for the network half of its time: two keep two cores busy. */
const CONCURRENT_BUILDS = 2;

/**
 * Builds what has no archive yet, and what that stands on. Returns how many images that were. The caller holds the
 * lock. Nothing temporary is left behind, nor are archives of long ago.
 */
export async function buildMissing(
  images: readonly PlannedImage[],
  engine: Engine,
  paths: ImagePaths,
  progress: Progress,
  signal?: AbortSignal,
): Promise<number> {
  const isMissing = (image: PlannedImage) => !existsSync(image.archive);
  const missing = inBuildOrder(images.filter(isMissing)).filter(isMissing);
  if (missing.length === 0) return 0;
  const all = inBuildOrder(images);
  const bases = all.flatMap((image) => baseOf(image) ?? []);

  await rm(paths.work, { recursive: true, force: true });
  for (const folder of [paths.work, paths.logs]) await mkdir(folder, { recursive: true });
  try {
    await progress.step(`images are built by ${engine.name}`, (note) => engine.prepare(note));
    const build = (image: PlannedImage, stop: AbortSignal) =>
      progress.step(`image ${image.source.name}`, async (note) => {
        await buildOne(image, engine, paths, stop);
        note(`${Math.round((await stat(image.archive)).size / 1e6)} MB`);
      });
    await concurrently(missing, CONCURRENT_BUILDS, (image) => [baseOf(image) ?? []].flat(), build, signal);
  } finally {
    // The build that failed has more to say than what fails in its wake.
    await engine.release(bases).catch((cause: unknown) => progress.line(`while tidying up: ${String(cause)}`));
    await rm(paths.work, { recursive: true, force: true });
  }
  removeOldArchives(paths.root, new Set(all.map((image) => image.archive)));
  return missing.length;
}

function baseOf(image: PlannedImage): PlannedImage | undefined {
  return typeof image.base === "object" ? image.base : undefined;
}

async function buildOne(image: PlannedImage, engine: Engine, paths: ImagePaths, signal: AbortSignal): Promise<void> {
  const temporary = await mkdtemp(join(paths.work, `${image.source.name}-`));
  const log = join(paths.logs, `${image.source.name}.log`);
  await writeFile(log, "");
  const output = join(temporary, "image.tar");
  await engine.build(image, { output, log, temporary, signal });
  // Whoever finds an archive under its name finds it whole.
  await rename(output, image.archive);
  await rm(temporary, { recursive: true });
}
