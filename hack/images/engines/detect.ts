import type { ImagePaths } from "../paths.ts";
import { buildahEngine } from "./buildah.ts";
import { dockerAnswers, dockerEngine } from "./docker.ts";
import type { Engine } from "./engine.ts";

/** Docker where it answers, buildah elsewhere. */
export async function detectEngine(repository: string, paths: ImagePaths): Promise<Engine> {
  return (await dockerAnswers()) ? dockerEngine(repository) : buildahEngine(repository, paths);
}
