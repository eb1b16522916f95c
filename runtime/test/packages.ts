import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { postgresBinaries } from "./postgres.ts";
import { rabbitmqServer } from "./rabbitmq.ts";

const packages = [
  { name: "postgresql", installed: () => postgresBinaries() !== undefined },
  { name: "redis-server", installed: () => existsSync("/usr/bin/redis-server") },
  { name: "rabbitmq-server", installed: () => existsSync(rabbitmqServer) },
];

/** Debian starts a service when its package is installed; exit status 101 of this script forbids it. */
const policyScript = "/usr/sbin/policy-rc.d";

/**
 * Installs the packages of PostgreSQL, Redis and RabbitMQ that are missing, on Debian and as root.
 *
 * @param need begins the sentence of the error, such as `Service tests need`
 * @param user whom they are for
 * @throws Error naming what is missing and how to get it
 */
export function installPackages(need: string, user: string): void {
  const missing = packages.filter(({ installed }) => !installed()).map(({ name }) => name);
  if (missing.length === 0) return;
  const cure = `${need} ${missing.join(", ")}: run "apt-get install ${missing.join(" ")}".`;
  const isDebian =
    existsSync("/etc/os-release") && /^ID(_LIKE)?=.*debian/m.test(readFileSync("/etc/os-release", "utf8"));
  if (process.getuid?.() !== 0 || !isDebian) throw new Error(cure);
  console.log(`installing ${missing.join(", ")} for ${user}`);
  const ownPolicy = !existsSync(policyScript);
  if (ownPolicy) writeFileSync(policyScript, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    // A new machine has no package lists, or old ones.
    apt(["update"]);
    apt(["install", "-y", "-qq", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=120", ...missing]);
  } catch (cause) {
    throw new Error(cure, { cause });
  } finally {
    if (ownPolicy) rmSync(policyScript);
  }
}

/** dpkg's lock can be waited for, that of the package lists cannot: other tools of the project take this one as well. */
function apt(args: readonly string[]): void {
  execFileSync("flock", ["/run/lock/profile-platform-apt", "apt-get", ...args], {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  });
}
