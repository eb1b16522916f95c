import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { until } from "./instance.ts";
import { issuer, trust } from "./issuer.ts";
import { noteMetricsUrl } from "./metrics-urls.ts";
import { ownServices } from "./own-services.ts";
import { runSql } from "./postgres.ts";
import { brokerUri } from "./rabbitmq.ts";
import { redisPassword } from "./redis.ts";

export type ServiceName = "server" | "worker" | "migrate" | "reshard";
export type Settings = Readonly<Record<string, string>>;

export interface Service {
  readonly process: ChildProcess;
  /** What it has logged so far, a parsed line each. */
  readonly logs: readonly LogLine[];
  /** `http://127.0.0.1:<port>`, known once the service listens. */
  url(): Promise<string>;
  /** The same with the port for metrics. */
  metricsUrl(): Promise<string>;
  ready(): Promise<void>;
  /** @returns the exit code */
  exit(signal?: NodeJS.Signals): Promise<number | null>;
}

export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** Settings of a service that uses the shared PostgreSQL, Redis and RabbitMQ, on a database of its own, and accepts the usual tokens. */
export async function createSettings(): Promise<Settings> {
  const { directory, postgres, redis, rabbitmq } = ownServices();
  const database = `test_${crypto.randomUUID().replaceAll("-", "")}`;
  await runSql(postgres.port, "postgres", `CREATE DATABASE ${database}`);
  return {
    DB_HOST: "127.0.0.1",
    DB_PORT: String(postgres.port),
    DB_PASSWORD: "not-asked-for",
    DB_NAME: database,
    REDIS_ADDRESS: `127.0.0.1:${redis.port}`,
    REDIS_PASSWORD: redisPassword,
    QUEUE_URI: brokerUri(rabbitmq.port),
    SERVER_PORT: "0",
    WORKER_PORT: "0",
    METRICS_PORT: "0",
    SHUTDOWN_GRACE_PERIOD: "5s",
    // All tests have the same subject and address, and what some of them ask for is not to be missed by others.
    RATE_LIMIT_READS: "1000000/1s",
    RATE_LIMIT_WRITES: "1000000/1s",
    RATE_LIMIT_ANONYMOUS: "1000000/1s",
    RATE_LIMIT_REFUSALS: "1000000/1s",
    // Nor refused because this machine is busy.
    SHEDDING_TARGET_DELAY: "5s",
    // Nor is Redis to be taken for unreachable.
    CACHE_REDIS_TIMEOUT: "2s",
    RATE_LIMIT_REDIS_TIMEOUT: "1s",
    ...trust(issuer, join(directory, `${database}.jwks.json`)),
  };
}

const running = new Set<Service>();

export function startService(name: ServiceName, settings: Settings): Service {
  const main = fileURLToPath(new URL(`../src/${name}/main.ts`, import.meta.url));
  const child = spawn(process.execPath, [main], {
    // By where it works it is found, and ended with the run of the tests, however that ends.
    cwd: workplace(),
    env: { PATH: process.env["PATH"] ?? "", ...settings },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const logs: LogLine[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => logs.push(JSON.parse(line) as LogLine));
  const exited = once(child, "exit") as Promise<[number | null]>;
  const listening = (): Promise<readonly [url: string, metricsUrl: string]> =>
    until(`${name} to listen`, async () => {
      const line = logs.find(({ msg }) => msg === "listening");
      const [port, metricsPort] = [line?.["port"], line?.["metricsPort"]];
      if (typeof port !== "number" || typeof metricsPort !== "number") return undefined;
      return [`http://127.0.0.1:${port}`, `http://127.0.0.1:${metricsPort}`] as const;
    });
  const service: Service = {
    process: child,
    logs,
    async url() {
      const [url, metricsUrl] = await listening();
      noteMetricsUrl(url, metricsUrl);
      return url;
    },
    metricsUrl: async () => (await listening())[1],
    async ready() {
      const url = await service.url();
      await until(`${name} to be ready`, async () => (await fetch(`${url}/ready`)).ok);
    },
    async exit(signal) {
      if (signal !== undefined) child.kill(signal);
      const [code] = await exited;
      running.delete(service);
      return code;
    },
  };
  running.add(service);
  return service;
}

function workplace(): string {
  const directory = join(ownServices().directory, "programs");
  mkdirSync(directory, { recursive: true });
  return directory;
}

/** Ends whatever a test left running. For afterEach or afterAll. */
export async function endServices(): Promise<void> {
  await Promise.all([...running].map((service) => service.exit("SIGKILL")));
}

/** Shares profiles out evenly, with the reshard program itself. */
export async function reshardDatabases(settings: Settings): Promise<Service> {
  const service = startService("reshard", settings);
  const code = await service.exit();
  if (code !== 0) throw new Error(`reshard ended with ${code}: ${JSON.stringify(service.logs)}`);
  return service;
}

/** Brings the database up to date with the migrate service itself. */
export async function migrateDatabase(settings: Settings): Promise<Service> {
  const service = startService("migrate", settings);
  const code = await service.exit();
  if (code !== 0) throw new Error(`migrate ended with ${code}: ${JSON.stringify(service.logs)}`);
  return service;
}
