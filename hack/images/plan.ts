import { basename, join } from "node:path";
import { DEBIAN_RELEASE, IMAGES, type ImageName, type ImageSource } from "./catalogue.ts";
import { contentKey, describeFiles } from "./content-key.ts";
import { ROOTFS_RECIPE } from "./debian-rootfs.ts";
import type { ImagePaths } from "./paths.ts";

/** Raised by hand when the way of building changes what comes out of the same inputs. */
const FORMAT = "1";

/** One image to be built, under a name that its inputs alone decide. */
export interface PlannedImage {
  readonly source: ImageSource;
  readonly key: string;
  /** `localhost/profile-platform/<name>:<key>` */
  readonly reference: string;
  readonly archive: string;
  /** What goes into FROM; undefined for the image at the bottom. */
  readonly base: PlannedImage | string | undefined;
}

/** Where base images come from: published ones that the engine pulls, or ones made here. */
export type Bases = "published" | "built";

/** Gives images their keys. Contexts must be complete: bundles come first. */
export async function planImages(
  names: readonly ImageName[],
  bases: Bases,
  repository: string,
  paths: ImagePaths,
): Promise<ReadonlyMap<ImageName, PlannedImage>> {
  const planned = new Map<string, Promise<PlannedImage>>();
  const plan = (source: ImageSource): Promise<PlannedImage> => {
    const known = planned.get(source.name) ?? planOne(source);
    planned.set(source.name, known);
    return known;
  };
  const planOne = async (source: ImageSource): Promise<PlannedImage> => {
    const base = source.base && (bases === "published" ? source.base.published : await plan(IMAGES[source.base.built]));
    const key = contentKey(await keyParts(source, base, repository));
    return {
      source,
      key,
      reference: `localhost/profile-platform/${source.name}:${key}`,
      archive: paths.archive(source.name, key),
      base,
    };
  };
  return new Map(await Promise.all(names.map(async (name) => [name, await plan(IMAGES[name])] as const)));
}

/** All that decides what an image holds, but the packages that the distribution publishes on the day. */
export async function keyParts(
  source: ImageSource,
  base: PlannedImage | string | undefined,
  repository: string,
): Promise<string[]> {
  const inputs = (source.inputs ?? ["."]).map((path) => join(source.context, path));
  return [
    `format ${FORMAT}`,
    `release ${DEBIAN_RELEASE} ${process.arch}`,
    `base ${typeof base === "object" ? `${base.source.name} ${base.key}` : (base ?? ROOTFS_RECIPE.join(" "))}`,
    ...(await describeFiles(repository, [source.dockerfile, ...inputs], (path) => !basename(path).startsWith("."))),
  ];
}

/** The images and all that they stand on, each before those that stand on it. */
export function inBuildOrder(images: Iterable<PlannedImage>): PlannedImage[] {
  const ordered = new Map<string, PlannedImage>();
  const add = (image: PlannedImage): void => {
    if (typeof image.base === "object") add(image.base);
    ordered.set(image.reference, image);
  };
  for (const image of images) add(image);
  return [...ordered.values()];
}
