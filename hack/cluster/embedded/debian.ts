import { run, succeeds } from "./command.ts";

/** dpkg's lock can be waited for, that of the package lists cannot; the service tests of runtime/ take the same one. */
const LOCK = "/run/lock/profile-platform-apt";

const INSTALL = ["install", "--yes", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=120"];

/**
 * Installs Debian packages, as root; the package lists are fetched only when those at hand do not do. Several callers
 * wait for one another. `isDone` says whether what is wanted is there then.
 *
 * @throws CommandError with apt-get's last words.
 */
export async function installDebianPackages(packages: readonly string[], isDone: () => boolean): Promise<void> {
  if ((await apt([...INSTALL, ...packages])) && isDone()) return;
  await aptOrThrow(["update"]);
  await aptOrThrow([...INSTALL, ...packages]);
}

const env = { DEBIAN_FRONTEND: "noninteractive" };

function apt(args: readonly string[]): Promise<boolean> {
  return succeeds("flock", [LOCK, "apt-get", ...args], { env });
}

function aptOrThrow(args: readonly string[]): Promise<string> {
  return run("flock", [LOCK, "apt-get", ...args], { env });
}
