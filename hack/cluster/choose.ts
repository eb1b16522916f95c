import { embeddedProvider } from "./embedded/provider.ts";
import type { Progress } from "./embedded/progress.ts";
import type { ClusterProvider } from "./provider.ts";
export async function chooseProvider(name: string, progress: Progress): Promise<ClusterProvider> {
  return embeddedProvider(name, progress);
}
