import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "./command.ts";
import { type LockOptions, withLock } from "./lock.ts";

/** The Go module of the local cluster; its go.mod says what is built, in which version. */
export const SOURCES = fileURLToPath(new URL("../kube", import.meta.url));

/** Runs go in a module, the local cluster's own without another, with what the module's own files fix. */
export function go(args: readonly string[], module = SOURCES): Promise<string> {
  // The module's own go line says which toolchain it wants; one that is missing must be an error, not a download.
  return run("go", args, { cwd: module, env: { CGO_ENABLED: "0", GOFLAGS: "-mod=readonly", GOTOOLCHAIN: "local" } });
}

/** Builds one at a time: two at once would compile the packages that they share twice. */
export function withGoLock<T>(cache: string, action: () => Promise<T>, options: LockOptions = {}): Promise<T> {
  // The lock tells processes apart by procfs. Elsewhere only Helm is built, and nothing beside it.
  return process.platform === "linux" ? withLock(join(cache, "go.lock"), action, options) : action();
}

/** Version of a module that go.mod requires, such as `v1.36.3`. */
export function requiredVersion(module: string): string {
  const lines = readFileSync(join(SOURCES, "go.mod"), "utf8").split("\n");
  const words = lines.map((line) =>
    line
      .replace(/^require/, "")
      .trim()
      .split(" "),
  );
  const version = words.find(([name]) => name === module)?.[1];
  if (version === undefined) throw new Error(`${SOURCES}/go.mod names no version of ${module}`);
  return version;
}

/** Version of the Go that is there. Throws a sentence when there is none that can build `what`. */
export async function requireGo(what: string): Promise<string> {
  const wanted = /^go (\d+)\.(\d+)/m.exec(readFileSync(join(SOURCES, "go.mod"), "utf8"));
  const cure = `install Go ${wanted?.[1]}.${wanted?.[2]} or later from https://go.dev/dl and put its bin folder on the PATH`;
  let version: string;
  try {
    version = (await run("go", ["env", "GOVERSION"], { env: { GOTOOLCHAIN: "local" } })).trim();
  } catch (cause) {
    throw new Error(`Go is missing, and ${what} is built with it: ${cure}`, { cause });
  }
  const found = /^go(\d+)\.(\d+)/.exec(version);
  const number = (match: RegExpExecArray | null) => Number(match?.[1] ?? 0) * 1000 + Number(match?.[2] ?? 0);
  if (number(found) < number(wanted)) throw new Error(`${version} is too old for ${what}: ${cure}`);
  return version;
}
