import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { contentKey } from "./cache-key.ts";
import { run } from "./command.ts";
import { go, requiredVersion, requireGo, SOURCES, withGoLock } from "./go.ts";
import { packPauseImage } from "./pause-image.ts";
import type { Progress } from "./progress.ts";
import { listStates } from "./state.ts";

/** Older builds are removed beyond this number: each takes about 150 MB. */
const BUILDS_KEPT = 3;

export interface Programs {
  /** The program that holds every part of Kubernetes. */
  readonly kube: string;
  readonly kubectl: string;
  /** Archive of the image of pods' sandboxes. */
  readonly pauseImage: string;
  /** CNI plugins of this cluster's own. */
  readonly cni: string;
}

/** Builds the programs of the cluster, or finds them built. Two callers at once build once. */
export async function buildPrograms(cache: string, progress: Progress): Promise<Programs> {
  const goVersion = await requireGo("the local cluster");
  const packing = readFileSync(new URL("./pause-image.ts", import.meta.url), "utf8");
  const key = contentKey(SOURCES, [goVersion, process.arch, buildFlags().join(" "), packing]);
  const builds = join(cache, "kube");
  const folder = join(builds, key);
  if (!existsSync(folder)) {
    mkdirSync(builds, { recursive: true });
    await progress.step("Kubernetes built from source, 5 to 10 minutes the first time", (note) =>
      withGoLock(cache, () => build(builds, folder, note), {
        onWait: (holder) => note(`waiting for process ${holder}, which builds with Go`),
      }),
    );
    removeOldBuilds(builds, [folder, ...listStates(cache).map((state) => dirname(state.kube))]);
  }
  return programsIn(folder);
}

export function programsIn(folder: string): Programs {
  return {
    kube: join(folder, "kube"),
    kubectl: join(folder, "kubectl"),
    pauseImage: join(folder, "pause.tar"),
    cni: join(folder, "cni"),
  };
}

async function build(builds: string, folder: string, note: (text: string) => void): Promise<void> {
  if (existsSync(folder)) return;
  removeUnfinished(builds);
  const unfinished = mkdtempSync(join(builds, ".unfinished-"));
  mkdirSync(join(unfinished, "cni"));
  note("fetching and compiling");
  const flags = buildFlags();
  await go(["build", ...flags, "-o", join(unfinished, "kube"), "."]);
  await go(["build", ...flags, "-o", join(unfinished, "pause"), "./cmd/pause"]);
  await go(["build", ...flags, "-o", join(unfinished, "cni", "isolate"), "./cmd/isolate"]);
  await run("ln", ["-s", "kube", join(unfinished, "kubectl")]);
  await packPauseImage(join(unfinished, "pause"), join(unfinished, "pause.tar"));
  note("");
  renameSync(unfinished, folder);
}

/** Version numbers are put in by the linker, as upstream's build does; without them the server calls itself v0.0.0. */
function buildFlags(): string[] {
  const version = requiredVersion("k8s.io/kubernetes");
  const [major, minor] = version.slice(1).split(".");
  const values = { gitVersion: version, gitMajor: major, gitMinor: minor, gitTreeState: "clean" };
  const packages = ["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"];
  const defines = packages.flatMap((path) =>
    Object.entries(values).map(([name, value]) => `-X ${path}.${name}=${value}`),
  );
  return ["-trimpath", `-ldflags=-s -w ${defines.join(" ")}`];
}

function removeUnfinished(builds: string): void {
  for (const entry of readdirSync(builds))
    if (entry.startsWith(".unfinished-")) rmSync(join(builds, entry), { recursive: true, force: true });
}

function removeOldBuilds(builds: string, inUse: readonly string[]): void {
  const age = (path: string) => statSync(path).mtimeMs;
  const others = readdirSync(builds)
    .filter((name) => /^[0-9a-f]{16}$/.test(name))
    .map((name) => join(builds, name))
    .filter((path) => !inUse.includes(path));
  for (const path of others.sort((a, b) => age(b) - age(a)).slice(BUILDS_KEPT - 1))
    rmSync(path, { recursive: true, force: true });
}
