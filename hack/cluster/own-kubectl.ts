import { delimiter, dirname } from "node:path";
import { buildPrograms } from "./embedded/build.ts";
import { cacheRoot } from "./embedded/paths.ts";
import type { Progress } from "./embedded/progress.ts";

/**
 * Has what this process runs from now on find the kubectl that is built with the API server, whichever the machine has:
 * one that is older by some releases is not supported with it, and up to 1.32 `kubectl exec` may lose the first output.
 */
export async function preferOwnKubectl(progress: Progress): Promise<void> {
  const { kubectl } = await buildPrograms(cacheRoot(), progress);
  process.env["PATH"] = [dirname(kubectl), process.env["PATH"] ?? ""].join(delimiter);
}
