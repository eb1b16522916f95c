import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { run, succeeds } from "../cluster/embedded/command.ts";
import { cacheRoot } from "../cluster/embedded/paths.ts";

/** What is built when the machine has no Helm. Its modules are fixed by their checksums in Go's public log. */
export const HELM_VERSION = "v3.20.2";
const HELM_MODULE = "helm.sh/helm/v3/cmd/helm";
const BUILD_TIMEOUT_MS = 15 * 60_000;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Path of a Helm that can be used: the one that `HELM` names, one on the `PATH`, or one that is built from its Go
 * module, once a version, into the cache.
 *
 * @throws Error with a sentence when `HELM` names none, or Go is missing or fails.
 */
export async function ensureHelm(
  env: Environment = process.env,
  onBuild: () => void = () => undefined,
): Promise<string> {
  const named = env["HELM"];
  if (named !== undefined && named !== "") {
    if (await isHelm(named)) return named;
    throw new Error(`HELM is "${named}", which is no Helm 3.14 or later: correct it, or unset it to have one built`);
  }
  if (await isHelm("helm")) return "helm";
  const path = join(cacheRoot(env), "helm", HELM_VERSION, "helm");
  if (!existsSync(path)) {
    onBuild();
    await build(path);
  }
  return path;
}

async function isHelm(program: string): Promise<boolean> {
  try {
    const version = await run(program, ["version", "--template", "{{.Version}}"], {
      signal: AbortSignal.timeout(10_000),
    });
    return isSuitable(version);
  } catch {
    return false;
  }
}

/** Whether `helm version` names a version that the chart was made for: 3.14 or later. */
export function isSuitable(version: string): boolean {
  const [, major, minor] = /^v(\d+)\.(\d+)\./.exec(version.trim()) ?? [];
  return Number(major) > 3 || (Number(major) === 3 && Number(minor) >= 14);
}

async function build(path: string): Promise<void> {
  if (!(await succeeds("go", ["version"]))) {
    throw new Error('Helm is built with Go, and "go" does not run: install Go 1.26 or later, or set HELM to a Helm');
  }
  // Built aside and moved, so that an interrupted build leaves nothing that looks like a Helm.
  const folder = `${path}.build-${process.pid}`;
  await mkdir(folder, { recursive: true });
  try {
    await run("go", ["install", "-trimpath", "-ldflags=-s -w", `${HELM_MODULE}@${HELM_VERSION}`], {
      env: { GOBIN: folder, GOFLAGS: "", CGO_ENABLED: "0" },
      timeout: BUILD_TIMEOUT_MS,
    });
    await rename(join(folder, "helm"), path);
  } catch (cause) {
    throw new Error("while building Helm with Go: check that Go's module proxy can be reached", { cause });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
