import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { type Instance, killInstance } from "./instance.ts";
import { installPackages } from "./packages.ts";
import { createPostgres } from "./postgres.ts";
import { createRabbitmq } from "./rabbitmq.ts";
import { reapWithThisProcess } from "./reap.ts";
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
    /** One for each file that may run at a time: see own-services.ts. */
    services: readonly Services[];
  }
}

/** Starts PostgreSQL, Redis and RabbitMQ for each of the files that run at a time. @returns what ends them again */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { config, state } = project.vitest;
  // While it watches, other files may follow.
  const files = config.watch ? Number.POSITIVE_INFINITY : state.getPaths().length;
  const atOnce = Math.min(project.config.maxWorkers, files);
  const sets = await Promise.allSettled(Array.from({ length: atOnce }, startServices));
  const started = sets.flatMap((set) => (set.status === "fulfilled" ? [set.value] : []));
  const stop = async (): Promise<void> => {
    await Promise.all(started.map((set) => set.stop()));
  };
  const failed = sets.find((set) => set.status === "rejected");
  if (failed !== undefined) {
    await stop();
    throw failed.reason;
  }
  project.provide(
    "services",
    started.map(({ services }) => services),
  );
  return stop;
}

export interface StartedServices {
  readonly services: Services;
  /** Ends them, and removes what they stored. */
  readonly stop: () => Promise<void>;
}

/** Starts PostgreSQL, Redis and RabbitMQ, after having installed what of them is missing. */
export async function startServices(): Promise<StartedServices> {
  installPackages("Service tests need", "the service tests");
  const directory = mkdtempSync(join(tmpdir(), "profile-platform-"));
  chmodSync(directory, 0o711);
  reapWithThisProcess(directory);
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
