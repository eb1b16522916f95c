import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { contentKey } from "../cluster/embedded/cache-key.ts";
import { go, requireGo, withGoLock } from "../cluster/embedded/go.ts";
import type { Progress } from "../cluster/index.ts";

export interface GoProgram {
  /** Of the folder in the cache that its builds are kept in. */
  readonly name: string;
  /** As a person is told of it. */
  readonly title: string;
  /** Folder of its Go module. */
  readonly sources: string;
}

// As the other Go programs are built, so that what they share is compiled once.
const FLAGS = ["-trimpath", "-ldflags=-s -w"];

/** Builds a Go program of the benchmarks, or finds it built from the same sources; returns its path. */
export async function buildGoProgram(
  { name, title, sources }: GoProgram,
  cache: string,
  progress: Progress,
): Promise<string> {
  const goVersion = await requireGo(title);
  const builds = join(cache, name);
  const program = join(builds, `${name}-${contentKey(sources, [goVersion, process.arch, ...FLAGS])}`);
  if (existsSync(program)) return program;
  mkdirSync(builds, { recursive: true });
  const unfinished = `${program}.${process.pid}`;
  await progress.step(`${title} built with Go`, () =>
    withGoLock(cache, () => go(["build", ...FLAGS, "-o", unfinished, "."], sources)),
  );
  // Others are of former sources.
  for (const entry of readdirSync(builds)) {
    const path = join(builds, entry);
    if (path !== unfinished) rmSync(path);
  }
  renameSync(unfinished, program);
  return program;
}
