import { cacheRoot } from "./embedded/paths.ts";
import type { Progress } from "./embedded/progress.ts";
import { embeddedProvider } from "./embedded/provider.ts";
import { readState } from "./embedded/state.ts";
import type { ClusterProvider } from "./provider.ts";
import { currentProvider } from "./providers/current.ts";
import { kindAnswers, kindProvider } from "./providers/kind.ts";

/**
 * Decides where the cluster comes from: CLUSTER says it (current, kind or embedded), or else an embedded cluster of
 * this name that exists, or else kind where Docker and kind both answer, and the embedded one otherwise.
 */
export async function chooseProvider(
  name: string,
  progress: Progress,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<ClusterProvider> {
  const wanted = env["CLUSTER"];
  switch (wanted) {
    case "current":
      return currentProvider(env);
    case "kind":
      return kindProvider(name, progress);
    case "embedded":
      return embeddedProvider(name, progress);
    case undefined:
    case "":
      break;
    default:
      throw new Error(`CLUSTER=${wanted} is none of current, kind and embedded: set one of these, or leave it out`);
  }
  if (readState(cacheRoot(env), name) !== undefined) return embeddedProvider(name, progress);
  return (await kindAnswers()) ? kindProvider(name, progress) : embeddedProvider(name, progress);
}
