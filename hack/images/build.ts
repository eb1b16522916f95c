import { existsSync } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { withLock } from "../cluster/embedded/lock.ts";
import { createProgress, formatSeconds, type Progress } from "../cluster/embedded/progress.ts";
import { buildMissing } from "./build-missing.ts";
import { bundle, isBundled } from "./bundle.ts";
import { IMAGE_NAMES, IMAGES, type ImageName } from "./catalogue.ts";
import { detectEngine } from "./engines/detect.ts";
import { type ImagePaths, imagePaths, REPOSITORY } from "./paths.ts";
import { type Bases, type PlannedImage, planImages } from "./plan.ts";

export interface BuiltImage {
  /** `localhost/profile-platform/<name>:<key>` */
  readonly reference: string;
  /** OCI or Docker archive that holds it, under this reference. */
  readonly archive: string;
}

export type BuiltImages = ReadonlyMap<ImageName, BuiltImage>;

export interface BuildImagesOptions {
  /** Folder that outlives checkouts. */
  readonly cache?: string | undefined;
  readonly progress?: Progress | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Builds images, or finds them built: an image is built again only when what goes into it changed. Two callers at once
 * build once.
 */
export async function buildImages(
  names: readonly ImageName[] = IMAGE_NAMES,
  options: BuildImagesOptions = {},
): Promise<BuiltImages> {
  const { progress = createProgress(), signal } = options;
  const paths = imagePaths(options.cache);
  const begin = Date.now();
  const engine = await detectEngine(REPOSITORY, paths);

  let built = 0;
  let plan = await planIfBuilt(names, engine.bases, paths);
  if (plan === undefined) {
    await mkdir(paths.root, { recursive: true });
    const build = async (): Promise<ReadonlyMap<ImageName, PlannedImage>> => {
      await bundleAll(names, progress);
      const images = await planImages(names, engine.bases, REPOSITORY, paths);
      built = await buildMissing([...images.values()], engine, paths, progress, signal);
      return images;
    };
    const onWait = (holder: number) => progress.line(`… process ${holder} is building images: waiting for it`);
    // The lock tells processes apart by procfs; where there is none, Docker does the building and keeps order itself.
    plan =
      process.platform === "linux"
        ? await withLock(paths.lock, build, { onWait, ...(signal && { signal }) })
        : await build();
  }
  const images = new Map([...plan].map(([name, { reference, archive }]) => [name, { reference, archive }] as const));
  await writeIndex(paths.index, images);
  progress.line(`images ready, ${built} of them built (${formatSeconds(Date.now() - begin)})`);
  return images;
}

/** References by name, in the form that the operator and its chart take. */
export function referencesOf(images: BuiltImages): Readonly<Record<string, string>> {
  return Object.fromEntries([...images].map(([name, { reference }]) => [name, reference]));
}

/** The plan, when there is nothing to do. */
async function planIfBuilt(names: readonly ImageName[], bases: Bases, paths: ImagePaths) {
  for (const name of bundlesOf(names)) if (!(await isBundled(name, REPOSITORY))) return undefined;
  const plan = await planImages(names, bases, REPOSITORY, paths);
  return [...plan.values()].every((image) => existsSync(image.archive)) ? plan : undefined;
}

async function bundleAll(names: readonly ImageName[], progress: Progress): Promise<void> {
  for (const name of bundlesOf(names))
    if (!(await isBundled(name, REPOSITORY))) await progress.step(`${name} bundled`, () => bundle(name, REPOSITORY));
}

function bundlesOf(names: readonly ImageName[]) {
  return names.flatMap((name) => IMAGES[name].bundle ?? []);
}

async function writeIndex(path: string, images: BuiltImages): Promise<void> {
  const unfinished = `${path}.${process.pid}`;
  await writeFile(unfinished, `${JSON.stringify(referencesOf(images), null, 2)}\n`);
  await rename(unfinished, path);
}
