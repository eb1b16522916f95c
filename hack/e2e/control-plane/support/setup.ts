import { mkdir, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createProgress, preferOwnKubectl } from "../../../cluster/index.ts";
import { bundleInto } from "../../../images/bundle.ts";

const REPOSITORY = join(import.meta.dirname, "../../../..");
/**
 * How much a heap of Kubernetes' programs may grow before it is collected. Upstream's 100 costs a fifth of their CPU time,
 * of which tests have less than of memory.
 */
const GARBAGE_PERCENT = "400";
const PREFIX = "profile-platform-tests-";

/**
 * Before the first file: a folder for everything that the tests write, kubectl, and the operator in one file, which
 * starts in a third of the time. Folders of runs that were killed are removed; their processes have ended with them.
 */
export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  // Done for another project of the same run.
  if (process.env["OPERATOR_PROGRAM"] !== undefined) return undefined;
  await preferOwnKubectl(createProgress());
  const root = tmpdir();
  const left = (await readdir(root)).filter((name) => name.startsWith(PREFIX) && !isRunning(name));
  await Promise.all(left.map((name) => rm(join(root, name), { recursive: true, force: true })));
  const dir = join(root, `${PREFIX}${process.pid}`);
  await mkdir(dir, { mode: 0o700 });
  const bundle = join(dir, "bundle");
  await bundleInto("operator", REPOSITORY, bundle);
  // Inherited by the processes that the files run in.
  process.env["TMPDIR"] = dir;
  process.env["GOGC"] ??= GARBAGE_PERCENT;
  process.env["OPERATOR_PROGRAM"] = join(bundle, "operator.mjs");
  return () => rm(dir, { recursive: true, force: true });
}

function isRunning(name: string): boolean {
  try {
    process.kill(Number(name.slice(PREFIX.length)), 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
