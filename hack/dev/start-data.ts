import { readFileSync } from "node:fs";
import { join } from "node:path";
import { freePort, unprivileged } from "@profile-platform/runtime/test/instance";
import type { Progress } from "../cluster/embedded/progress.ts";
import type { DataService } from "./data/data-service.ts";
import { preparePostgresql } from "./data/postgresql.ts";
import { preparePortMapper, prepareRabbitmq } from "./data/rabbitmq.ts";
import { prepareRedis } from "./data/redis.ts";
import type { Running, User } from "./launch.ts";
import type { Output } from "./output.ts";
import type { Passwords } from "./passwords.ts";
import type { Ports } from "./ports.ts";
import type { Processes } from "./processes.ts";
import { type DevState, dataFolder } from "./state.ts";
import { waitReady } from "./wait-ready.ts";

/** Data services do not run as root: PostgreSQL refuses to, and the others have no need to. */
const user: User | undefined = unprivileged.uid === undefined ? undefined : unprivileged;

export interface DataOptions {
  readonly state: DevState;
  readonly ports: Ports;
  readonly passwords: Passwords;
  readonly processes: Processes;
  readonly output: Output;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** Told of each that was started, before it is known to be ready. */
  readonly onStarted: (running: Running) => void;
}

/** Starts PostgreSQL, Redis and RabbitMQ, and waits until all of them answer. */
export async function startData(options: DataOptions): Promise<void> {
  const { state, ports, passwords, progress, signal } = options;
  const folder = (name: string) => dataFolder(state, name, user);
  const postgresql = async () => {
    const settings = { folder: folder("postgresql"), port: ports.postgresql, password: passwords.postgresql };
    await startOne(await preparePostgresql({ ...settings, user, signal }), options);
  };
  const redis = () =>
    startOne(prepareRedis({ folder: folder("redis"), port: ports.redis, password: passwords.redis, user }), options);
  const rabbitmq = async () => {
    const settings = {
      folder: folder("rabbitmq"),
      port: ports.rabbitmq,
      managementPort: ports.management,
      distributionPort: await freePort(),
      mapperPort: await freePort(),
      password: passwords.rabbitmq,
      user,
    };
    const mapper = preparePortMapper(settings);
    options.onStarted(options.processes.launch(mapper, options.output.dataService(mapper.name)));
    await startOne(prepareRabbitmq(settings), options);
  };
  // All of them are seen to the end, so that none is started after somebody has begun to stop what runs.
  const outcomes = await Promise.allSettled([
    progress.step(`PostgreSQL on port ${ports.postgresql}`, postgresql),
    progress.step(`Redis on port ${ports.redis}`, redis),
    progress.step(`RabbitMQ on port ${ports.rabbitmq}`, rabbitmq),
  ]);
  for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
}

async function startOne({ program, isReady, readyWithin: within }: DataService, options: DataOptions): Promise<void> {
  const { processes, output, signal, onStarted, state } = options;
  signal.throwIfAborted();
  const running = processes.launch(program, output.dataService(program.name));
  onStarted(running);
  try {
    await waitReady({ running, isReady, within, signal });
  } catch (cause) {
    if (signal.aborted) throw cause;
    const log = join(state.logs, `${program.name}.log`);
    throw new Error(`while starting ${program.name}; the end of ${log}:\n${lastLines(log)}`, { cause });
  }
}

function lastLines(path: string): string {
  return readFileSync(path, "utf8").trimEnd().split("\n").slice(-10).join("\n");
}
