import { requireRoot } from "./preflight.ts";
import type { Progress } from "./progress.ts";
import { remains, tearDown } from "./teardown.ts";

export interface DownOptions {
  readonly cache: string;
  readonly name: string;
  readonly progress: Progress;
}

/** Takes the cluster down and says what was found left, which is nothing or an error. */
export async function takeDown({ cache, name, progress }: DownOptions): Promise<void> {
  requireRoot();
  if ((await remains(cache, name)).length === 0) {
    progress.line(`the cluster ${name} is not up`);
    return;
  }
  await progress.step(`the cluster ${name} removed, with its volumes`, () => tearDown(cache, name));
  const left = await remains(cache, name);
  if (left.length > 0) throw new Error(`the cluster ${name} left behind: ${left.join(", ")}`);
  progress.line("no process, mount, link, network namespace, cgroup or file of it is left");
}
