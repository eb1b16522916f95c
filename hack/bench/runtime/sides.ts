import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brokerUri } from "@profile-platform/runtime/test/rabbitmq";
import { redisPassword } from "@profile-platform/runtime/test/redis";
import type { Services } from "@profile-platform/runtime/test/services";
import { cacheRoot, type Progress } from "../../cluster/index.ts";
import { type BundledServices, bundledServices } from "../../images/runtime-command.ts";
import { buildGoProgram, type GoProgram } from "../go-program.ts";
import type { Command } from "../program.ts";
import { LOAD_GENERATOR } from "./load.ts";
import type { Side } from "./results.ts";

const REPOSITORY = join(import.meta.dirname, "../../..");
const STOCK = join(import.meta.dirname, "stock/server.js");
const CACHE_SCRIPT = join(import.meta.dirname, "twin-remember.lua");

/** Go with gin, pgx and go-redis. */
export const TUNED: GoProgram = {
  name: "bench-tuned",
  title: "the tuned twin",
  sources: fileURLToPath(new URL("./tuned", import.meta.url)),
};

/** Everything that is run, built. */
export interface Programs {
  readonly services: BundledServices;
  readonly tuned: string;
  readonly load: string;
}

export async function buildPrograms(progress: Progress): Promise<Programs> {
  const services = await progress.step("the services bundled", () => bundledServices(REPOSITORY));
  const tuned = await buildGoProgram(TUNED, cacheRoot(), progress);
  return { services, tuned, load: await buildGoProgram(LOAD_GENERATOR, cacheRoot(), progress) };
}

/** What a program is told of its surroundings. */
export interface Surroundings {
  readonly services: Services;
  readonly database: string;
  /** Has the services accept the tokens of the benchmark. */
  readonly trust: Readonly<Record<string, string>>;
  readonly port: number;
  /** Of the project's own services: at their default there may be a platform for development. */
  readonly metricsPort: number;
}

/** As the sources have it, and the operator by default. */
const CACHE_ENTRIES = "10";

/** Budgets that nobody uses up: what is measured is not how requests are refused. */
const NO_LIMITS = Object.fromEntries(
  ["READS", "WRITES", "ANONYMOUS", "REFUSALS"].map((name) => [`RATE_LIMIT_${name}`, "1000000/1s"]),
);

/** How the server of a side is run. `profile`: a folder for its CPU profile, if it is the project's. */
export function serverCommand(
  side: Side,
  { services, tuned }: Programs,
  surroundings: Surroundings,
  profile?: string,
): Command {
  if (side === "service") return serviceCommand(services, "server", surroundings, profile);
  const env = {
    ...storesOf(surroundings),
    NODE_ENV: "production",
    SERVER_PORT: String(surroundings.port),
    CACHE_SCRIPT,
  };
  return side === "stock" ? { program: process.execPath, args: [STOCK], env } : { program: tuned, args: [], env };
}

/** How one of the project's services is run: with the environment of the image, and what differs from its defaults. */
export function serviceCommand(
  services: BundledServices,
  name: "server" | "worker" | "migrate",
  surroundings: Surroundings,
  profile?: string,
): Command {
  const profiling = profile === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profile}`];
  const port = { server: "SERVER_PORT", worker: "WORKER_PORT", migrate: "" }[name];
  return {
    program: process.execPath,
    args: [...profiling, services[name]],
    env: {
      ...services.env,
      ...storesOf(surroundings),
      ...(name === "server" ? NO_LIMITS : {}),
      ...(port === "" ? {} : { [port]: String(surroundings.port), METRICS_PORT: String(surroundings.metricsPort) }),
      QUEUE_URI: brokerUri(surroundings.services.rabbitmq.port),
    },
  };
}

function storesOf({ services, database, trust }: Surroundings): Readonly<Record<string, string>> {
  return {
    DB_HOST: "127.0.0.1",
    DB_PORT: String(services.postgres.port),
    DB_USER: "postgres",
    DB_PASSWORD: "not-asked-for",
    DB_NAME: database,
    REDIS_ADDRESS: `127.0.0.1:${services.redis.port}`,
    REDIS_PASSWORD: redisPassword,
    CACHE_MAX_ENTRIES: CACHE_ENTRIES,
    ...trust,
  };
}
