import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { bundle } from "./bundle.ts";
import { imageEnvironment } from "./image-environment.ts";

/** The services, bundled for their image and run outside of it. */
export interface BundledServices {
  /** Paths of the bundles. */
  readonly server: string;
  readonly worker: string;
  readonly migrate: string;
  /** What the image sets. Node.js is given no flags there. */
  readonly env: Readonly<Record<string, string>>;
}

/** Bundles the services, unless they are. */
export async function bundledServices(repository: string): Promise<BundledServices> {
  await bundle("runtime", repository);
  const path = (name: string) => join(repository, `runtime/build/${name}.mjs`);
  const env = imageEnvironment(await readFile(join(repository, "runtime/Dockerfile"), "utf8"));
  return { server: path("server"), worker: path("worker"), migrate: path("migrate"), env };
}
