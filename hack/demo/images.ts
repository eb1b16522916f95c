import { readFileSync } from "node:fs";
import type { Progress } from "../cluster/index.ts";
import { buildImages, referencesOf } from "../images/build.ts";
import { type ImageName, PLATFORM_IMAGE_NAMES } from "../images/catalogue.ts";
import type { LiveCluster } from "../live/cluster.ts";

/** Images that the demo runs. */
export interface Images {
  /** Reference by name, the operator's among them. */
  readonly references: Readonly<Record<string, string>>;
  /** Files to give to the nodes; none for images that the nodes pull. */
  readonly archives: readonly string[];
}

/**
 * Builds the images named, or finds them built: those that the operator and a platform run. `PROFILE_PLATFORM_IMAGES` names a file with others to run instead, such as
 * those that were pushed to a registry for a cluster whose nodes cannot be given any.
 */
export async function provideImages(
  progress: Progress,
  names: readonly ImageName[] = PLATFORM_IMAGE_NAMES,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Images> {
  const file = env["PROFILE_PLATFORM_IMAGES"];
  if (file === undefined || file === "") {
    const built = await buildImages(names, { progress });
    return { references: referencesOf(built), archives: [...built.values()].map(({ archive }) => archive) };
  }
  const references = JSON.parse(readFileSync(file, "utf8")) as Readonly<Record<string, string>>;
  if (references["operator"] === undefined) {
    throw new Error(`${file} names no image "operator": add it, because the operator is installed from it`);
  }
  return { references, archives: [] };
}

export async function giveToNodes({ provider }: LiveCluster, { archives }: Images): Promise<void> {
  if (archives.length > 0) await provider.loadImages(archives);
}
