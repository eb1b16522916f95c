import { existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../cluster/embedded/command.ts";
import { go, requiredVersion, requireGo, withGoLock } from "../cluster/embedded/go.ts";
import { cacheRoot } from "../cluster/embedded/paths.ts";

/**
 * What is built when the machine has no Helm: a tool of the local cluster's Go module, because most of what it is made
 * of is compiled for that one as well.
 */
const HELM_PACKAGE = "helm.sh/helm/v3/cmd/helm";
const HELM_MODULE = "helm.sh/helm/v3";

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
  const cache = cacheRoot(env);
  const path = join(cache, "helm", requiredVersion(HELM_MODULE), "helm");
  if (!existsSync(path)) {
    onBuild();
    await withGoLock(cache, () => build(path));
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
  if (existsSync(path)) return;
  await requireGo("Helm");
  // Built aside and moved, so that an interrupted build leaves nothing that looks like a Helm.
  const unfinished = `${path}.build-${process.pid}`;
  const version = `-X ${HELM_MODULE}/internal/version.version=${requiredVersion(HELM_MODULE)}`;
  try {
    await go(["build", "-trimpath", `-ldflags=-s -w ${version}`, "-o", unfinished, HELM_PACKAGE]);
    await rename(unfinished, path);
  } catch (cause) {
    throw new Error("while building Helm with Go: check that Go's module proxy can be reached", { cause });
  } finally {
    await rm(unfinished, { force: true });
  }
}
