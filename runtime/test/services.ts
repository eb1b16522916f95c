import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { type Instance, killInstance } from "./instance.ts";
import { createPostgres, postgresBinaries } from "./postgres.ts";
import { createRabbitmq, rabbitmqServer } from "./rabbitmq.ts";
import { createRedis } from "./redis.ts";

/** What service tests run against; each is a process of its own under an unprivileged user, on a loopback port. */
export interface Services {
  readonly directory: string;
  readonly postgres: Instance;
  readonly redis: Instance;
  readonly rabbitmq: Instance;
}

declare module "vitest" {
  interface ProvidedContext {
    services: Services;
  }
}

const packages = [
  { name: "postgresql", installed: () => postgresBinaries() !== undefined },
  { name: "redis-server", installed: () => existsSync("/usr/bin/redis-server") },
  { name: "rabbitmq-server", installed: () => existsSync(rabbitmqServer) },
];

/** Starts PostgreSQL, Redis and RabbitMQ for all service tests. @returns what ends them again */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { services, stop } = await startServices();
  project.provide("services", services);
  return stop;
}

export interface StartedServices {
  readonly services: Services;
  /** Ends them, and removes what they stored. */
  readonly stop: () => Promise<void>;
}

/** Starts PostgreSQL, Redis and RabbitMQ, after having installed what of them is missing. */
export async function startServices(): Promise<StartedServices> {
  installMissing();
  const directory = mkdtempSync(join(tmpdir(), "profile-platform-"));
  chmodSync(directory, 0o711);
  const started: Instance[] = [];
  const stop = async (): Promise<void> => {
    for (const instance of started.toReversed()) await killInstance(instance);
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    const postgres = await createPostgres(directory, "postgresql", started);
    const redis = await createRedis(directory, "redis", started);
    const rabbitmq = await createRabbitmq(directory, started);
    return { services: { directory, postgres, redis, rabbitmq }, stop };
  } catch (err) {
    await stop();
    throw err;
  }
}

/** Debian starts a service when its package is installed; exit status 101 of this script forbids it. */
const policyScript = "/usr/sbin/policy-rc.d";

function installMissing(): void {
  const missing = packages.filter(({ installed }) => !installed()).map(({ name }) => name);
  if (missing.length === 0) return;
  const cure = `Service tests need ${missing.join(", ")}: run "apt-get install ${missing.join(" ")}".`;
  const isDebian =
    existsSync("/etc/os-release") && /^ID(_LIKE)?=.*debian/m.test(readFileSync("/etc/os-release", "utf8"));
  if (process.getuid?.() !== 0 || !isDebian) throw new Error(cure);
  console.log(`installing ${missing.join(", ")} for the service tests`);
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
