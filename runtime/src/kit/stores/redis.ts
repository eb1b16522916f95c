import { setTimeout as sleep } from "node:timers/promises";
import type { Redis, RedisOptions } from "ioredis";
import type { HostAndPort } from "../config.ts";
import { reasonOf } from "../errors.ts";
import type { Logger } from "../log.ts";
import { backoffDelay } from "../retry.ts";
import { BatchedRedis } from "./redis-batches.ts";
import { hasSentinels } from "./redis-spans.ts";

export interface RedisSettings {
  readonly address: RedisAddress;
  readonly password: string;
  readonly database: number;
  readonly connectionName: string;
  /** Milliseconds that a command may take. */
  readonly commandTimeout: number;
}

/** One Redis, or the Sentinels that know which one is the master. */
export type RedisAddress = HostAndPort | { readonly sentinels: readonly HostAndPort[]; readonly masterName: string };

/**
 * A connection whose commands have a time limit that only Redis can overrun. Node.js calls timers before it reads
 * sockets: after a pause of this process itself, such as one of a container that has used up its processor time, the
 * driver's own time limit rejects a command whose answer has long arrived.
 */
class TimeLimitedRedis extends BatchedRedis {
  readonly #limit: number;
  #closed = false;

  constructor(options: ConstructorOptions, limit: number) {
    super(options);
    this.#limit = limit;
    // Told of a failover while it asks a Sentinel where the master is, the driver gives up for good.
    this.on("end", () => setTimeout(() => this.#begin(), restartDelay).unref());
  }

  #begin(): void {
    if (!this.#closed && this.status === "end") this.connect().catch(() => undefined);
  }

  override disconnect(reconnect = false): void {
    if (!reconnect) this.#closed = true;
    super.disconnect(reconnect);
  }

  /** @throws Error "Command timed out", through the command's promise */
  override sendCommand(...[command, stream]: Parameters<Redis["sendCommand"]>): unknown {
    const connection = this.stream;
    const expire = (): void => {
      command.reject(new Error("Command timed out"));
      // Another Redis may have become the master, and a connection to a machine that is gone ends only after minutes.
      if (hasSentinels(this) && this.status === "ready" && this.stream === connection) {
        this.disconnect(true);
      }
    };
    let answered = false;
    // What has arrived is read between the timer and this.
    const timer = setTimeout(() => setImmediate(() => answered || expire()), this.#limit);
    const settle = (): void => {
      answered = true;
      clearTimeout(timer);
    };
    void command.promise.then(settle, settle);
    return super.sendCommand(command, stream);
  }
}

/** Milliseconds. */
const restartDelay = 100;

/** Without `replyMapping`, which would change the type of answers. */
type ConstructorOptions = RedisOptions & { readonly replyMapping?: never };

/**
 * A connection that fails fast and comes back by itself. Nothing is queued while there is no connection and nothing
 * is sent twice: whoever uses it must know whether a command ran on the connection it was meant for.
 *
 * With Sentinels it leads to the master that they name, and breaks as soon as one of them tells of another, or Redis
 * says that it is none any more.
 */
export function connectRedis(settings: RedisSettings, log: Logger): Redis {
  const options = {
    ...addressOptions(settings),
    password: settings.password,
    db: settings.database,
    connectionName: settings.connectionName,
    connectTimeout: 2_000,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    keepAlive: 5_000,
    retryStrategy: (attempt: number) => backoffDelay({ initial: 50, maximum: 2_000 }, attempt),
  };
  const redis = new TimeLimitedRedis(options, settings.commandTimeout);
  let reported = false;
  redis.on("error", (err: Error) => {
    if (!reported) log.warn({ reason: reasonOf(err) }, "the Redis connection failed");
    reported = true;
  });
  redis.on("ready", () => {
    reported = false;
    log.info("connected to Redis");
  });
  return redis;
}

function addressOptions({ address, password }: RedisSettings): ConstructorOptions {
  if (!("sentinels" in address)) return { host: address.host, port: address.port };
  return {
    sentinels: [...address.sentinels],
    name: address.masterName,
    role: "master",
    sentinelPassword: password,
    // One that does not answer is passed over for the next.
    sentinelCommandTimeout: 1_000,
    sentinelRetryStrategy: (attempt: number) => backoffDelay({ initial: 50, maximum: 1_000 }, attempt),
    failoverDetector: true,
    sentinelReconnectStrategy: () => 1_000,
    // A machine that is gone does not answer the end of the connection either.
    disconnectTimeout: 100,
    reconnectOnError: ({ message }) => message.startsWith("READONLY"),
  };
}

/** Ends the connection after what was sent on it; at once when there is none. */
export async function closeRedis(redis: Redis): Promise<void> {
  if (redis.status === "ready") await redis.quit().catch(() => undefined);
  redis.disconnect();
}

/**
 * What changes whenever the contents of the Redis that answers may be others than they were: the identity that its
 * process gives itself when it starts, and with Sentinels that of the history that it goes on writing, which is another
 * one when it has become the master again after it was a replica.
 *
 * @throws Error while there is no connection, or one to a replica or to a master that no replica hears
 */
export async function readRunId(redis: Redis): Promise<string> {
  if (redis.status !== "ready") throw new Error(`the Redis connection is ${redis.status}`);
  if (!hasSentinels(redis)) return infoField(await redis.info("server"), "run_id");
  const info = await redis.info("server", "replication");
  const role = infoField(info, "role");
  if (role !== "master") {
    redis.disconnect(true);
    throw new Error(`Redis is a ${role} of another one`);
  }
  // It refuses writes then, and whoever believed it would learn that with each of them anew.
  if (/^min_slaves_good_slaves:0/m.test(info)) throw new Error("Redis hears no replica");
  return `${infoField(info, "run_id")}:${infoField(info, "master_replid")}`;
}

function infoField(info: string, field: string): string {
  const value = new RegExp(`^${field}:(\\w+)`, "m").exec(info)?.[1];
  if (value === undefined) throw new Error(`Redis did not tell its ${field}`);
  return value;
}

/** Waits for the first answer, but no longer than so many milliseconds: Redis is never needed to go on. */
export async function awaitRedis(redis: Redis, milliseconds: number): Promise<void> {
  const until = performance.now() + milliseconds;
  while (performance.now() < until) {
    try {
      await readRunId(redis);
      return;
    } catch {
      await sleep(20);
    }
  }
}
