import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheRoot } from "../cluster/embedded/paths.ts";

/** Root of the repository. */
export const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url));

/** Where images are kept, outside the checkout. */
export interface ImagePaths {
  readonly root: string;
  readonly lock: string;
  /** References of the images built last, by name. */
  readonly index: string;
  readonly logs: string;
  /** Holds one build's temporary files; emptied before and after. */
  readonly work: string;
  /** buildah's own storage: the base images, and what is being built. */
  readonly store: string;
  archive(name: string, key: string): string;
}

export function imagePaths(cache: string = cacheRoot()): ImagePaths {
  const root = join(cache, "images");
  return {
    root,
    lock: join(root, "lock"),
    index: join(root, "images.json"),
    logs: join(root, "logs"),
    work: join(root, "work"),
    store: join(root, "store"),
    archive: (name, key) => join(root, `${name}-${key}.tar`),
  };
}
