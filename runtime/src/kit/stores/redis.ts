import { setTimeout as sleep } from "node:timers/promises";
import type { Redis, RedisOptions } from "ioredis";
import { reasonOf } from "../errors.ts";
import type { Logger } from "../log.ts";
import { backoffDelay } from "../retry.ts";
import { BatchedRedis } from "./redis-batches.ts";

export interface RedisSettings {
  readonly host: string;
  readonly port: number;
  readonly password: string;
  readonly database: number;
  readonly connectionName: string;
  /** Milliseconds that a command may take. */
  readonly commandTimeout: number;
}

/**
 * A connection whose commands have a time limit that only Redis can overrun. Node.js calls timers before it reads
 * sockets: after a pause of this process itself, such as one of a container that has used up its processor time, the
 * driver's own time limit rejects a command whose answer has long arrived.
 */
class TimeLimitedRedis extends BatchedRedis {
  readonly #limit: number;

  constructor(options: ConstructorOptions, limit: number) {
    super(options);
    this.#limit = limit;
  }

  /** @throws Error "Command timed out", through the command's promise */
  override sendCommand(...[command, stream]: Parameters<Redis["sendCommand"]>): unknown {
    // What has arrived is read between the timer and this.
    const expire = (): unknown => setImmediate(() => command.reject(new Error("Command timed out")));
    const timer = setTimeout(expire, this.#limit);
    const settled = command.promise.catch(() => undefined);
    void settled.then(() => clearTimeout(timer));
    return super.sendCommand(command, stream);
  }
}

/** Without `replyMapping`, which would change the type of answers. */
type ConstructorOptions = RedisOptions & { readonly replyMapping?: never };

/**
 * A connection that fails fast and comes back by itself. Nothing is queued while there is no connection and nothing
 * is sent twice: whoever uses it must know whether a command ran on the connection it was meant for.
 */
export function connectRedis(settings: RedisSettings, log: Logger): Redis {
  const options = {
    host: settings.host,
    port: settings.port,
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

/** Ends the connection after what was sent on it; at once when there is none. */
export async function closeRedis(redis: Redis): Promise<void> {
  if (redis.status === "ready") await redis.quit().catch(() => undefined);
  redis.disconnect();
}

/** The identity that a Redis process gives itself when it starts. @throws Error while there is no connection */
export async function readRunId(redis: Redis): Promise<string> {
  if (redis.status !== "ready") throw new Error(`the Redis connection is ${redis.status}`);
  const match = /^run_id:(\w+)/m.exec(await redis.info("server"));
  if (match?.[1] === undefined) throw new Error("Redis did not tell its run_id");
  return match[1];
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
