import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run, succeeds } from "../cluster/embedded/command.ts";
import { installDebianPackages } from "../cluster/embedded/debian.ts";
import { withLock } from "../cluster/embedded/lock.ts";
import { cacheRoot } from "../cluster/embedded/paths.ts";
import { contentKey } from "../images/content-key.ts";

const REQUIREMENTS = fileURLToPath(new URL("./requirements.txt", import.meta.url));

/** What schemathesis runs on at least: 3.11, which Debian 12 has. */
const OLDEST_MINOR = 11;

type Environment = Readonly<Record<string, string | undefined>>;

/** A schemathesis that can be run: `python -m schemathesis.cli` with its packages as PYTHONPATH. */
export interface Schemathesis {
  readonly python: string;
  /** Folder that holds it and what it needs. */
  readonly packages: string;
}

/**
 * The schemathesis of requirements.txt, installed from PyPI once into the cache: what is fetched has to have the
 * digests that stand there.
 *
 * @param onInstall called when it has to be installed
 * @throws Error with a sentence when there is no Python for it, or PyPI does not give it.
 */
export async function ensureSchemathesis(
  env: Environment = process.env,
  onInstall: () => void = () => undefined,
): Promise<Schemathesis> {
  const python = env["PYTHON"] || "python3";
  if (!(await hasPip(python)) && python === "python3") await installPython();
  const version = await versionOf(python);
  const requirements = readFileSync(REQUIREMENTS, "utf8");
  const installs = join(cacheRoot(env), "schemathesis");
  const packages = join(installs, contentKey([requirements, version, process.platform, process.arch]));
  if (!existsSync(packages)) {
    onInstall();
    mkdirSync(installs, { recursive: true });
    const action = () => install(python, installs, packages);
    // The lock tells processes apart by procfs.
    await (process.platform === "linux" ? withLock(`${installs}.lock`, action) : action());
  }
  return { python, packages };
}

function hasPip(python: string): Promise<boolean> {
  return succeeds(python, ["-m", "pip", "--version"]);
}

async function installPython(): Promise<void> {
  const cure = "install Python 3.11 or later with pip, such as by apt-get install python3-pip";
  if (process.getuid?.() !== 0 || !existsSync("/etc/debian_version")) {
    throw new Error(`python3 with pip is missing, and schemathesis runs on it: ${cure}`);
  }
  await installDebianPackages(["python3-pip"], () => existsSync("/usr/bin/pip3")).catch((cause: unknown) => {
    throw new Error(`python3-pip could not be installed, and schemathesis runs on it: ${cure}`, { cause });
  });
}

/** Such as `3.11`. */
async function versionOf(python: string): Promise<string> {
  const version = (await run(python, ["-c", "import sys; print('%d.%d' % sys.version_info[:2])"])).trim();
  const [major, minor] = version.split(".").map(Number);
  if (major === 3 && minor !== undefined && minor >= OLDEST_MINOR) return version;
  throw new Error(`${python} is Python ${version}, and schemathesis needs 3.11 or later: name another one with PYTHON`);
}

async function install(python: string, installs: string, packages: string): Promise<void> {
  if (existsSync(packages)) return;
  for (const entry of readdirSync(installs)) {
    if (entry.startsWith(".unfinished-")) rmSync(join(installs, entry), { recursive: true, force: true });
  }
  // Installed aside and moved, so that what was interrupted is not taken for the whole.
  const unfinished = mkdtempSync(join(installs, ".unfinished-"));
  const only = ["--require-hashes", "--no-deps", "--only-binary", ":all:"];
  const quiet = ["--quiet", "--no-input", "--disable-pip-version-check"];
  try {
    await run(python, ["-m", "pip", "install", ...quiet, ...only, "--target", unfinished, "-r", REQUIREMENTS]);
  } catch (cause) {
    throw new Error("while installing schemathesis with pip: check that PyPI can be reached", { cause });
  }
  renameSync(unfinished, packages);
}
