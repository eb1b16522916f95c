import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { contentKey } from "../cluster/embedded/cache-key.ts";
import { go, requireGo, withGoLock } from "../cluster/embedded/go.ts";
import type { Progress } from "../cluster/index.ts";

/** The Go module of the operator on controller-runtime. */
export const TWIN_SOURCES = fileURLToPath(new URL("./twin", import.meta.url));

// As the other Go programs are built, so that what they share is compiled once.
const FLAGS = ["-trimpath", "-ldflags=-s -w"];

/** Builds the twin, or finds it built from the same sources; returns its path. */
export async function buildTwin(cache: string, progress: Progress): Promise<string> {
  const goVersion = await requireGo("the twin");
  const builds = join(cache, "operator-twin");
  const program = join(builds, `twin-${contentKey(TWIN_SOURCES, [goVersion, process.arch, ...FLAGS])}`);
  if (existsSync(program)) return program;
  mkdirSync(builds, { recursive: true });
  const unfinished = `${program}.${process.pid}`;
  await progress.step("the twin built with Go", () =>
    withGoLock(cache, () => go(["build", ...FLAGS, "-o", unfinished, "."], TWIN_SOURCES)),
  );
  // Others are of former sources.
  for (const entry of readdirSync(builds)) {
    const path = join(builds, entry);
    if (path !== unfinished) rmSync(path);
  }
  renameSync(unfinished, program);
  return program;
}
