import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Redis } from "ioredis";
import { freePort, type Instance, startInstance, until } from "./instance.ts";
import { makeDirectory } from "./postgres.ts";
import { redisPassword } from "./redis.ts";

const masterName = "redis";

/** A master and two replicas, with three Sentinels that decide which is which. */
export interface SentinelGroup {
  readonly members: readonly Instance[];
  readonly sentinels: readonly Instance[];
  /** What a service is told of it. */
  readonly settings: Readonly<Record<"REDIS_SENTINELS" | "REDIS_SENTINEL_NAME", string>>;
  /** The member that most Sentinels call the master. */
  master(): Promise<Instance>;
  /** Asks a Sentinel for a failover, as before planned work. */
  failover(): Promise<void>;
}

export async function createSentinelGroup(parent: string, name: string, started: Instance[]): Promise<SentinelGroup> {
  const ports = await freePorts(6);
  const members = ports.slice(0, 3).map((port) => member(parent, `${name}-${port}`, port));
  const sentinels = ports.slice(3).map((port) => sentinel(parent, `${name}-sentinel-${port}`, port, ports[0] ?? 0));
  for (const instance of [...members, ...sentinels]) {
    started.push(instance);
    startInstance(instance);
  }
  const [first, ...others] = members.map(({ port }) => port);
  for (const port of others) {
    await until(`Redis on port ${port}`, () => ask(port, (redis) => redis.replicaof("127.0.0.1", first ?? 0)));
  }
  const master = async (): Promise<Instance> => {
    const named = await Promise.allSettled(sentinels.map(({ port }) => masterPort(port)));
    const votes = named.flatMap((vote) => (vote.status === "fulfilled" ? [vote.value] : []));
    const port = votes.find((vote) => votes.filter((other) => other === vote).length >= 2);
    const found = members.find((each) => each.port === port);
    if (found === undefined) throw new Error(`the Sentinels name ${votes.join(", ")}`);
    return found;
  };
  const group: SentinelGroup = {
    members,
    sentinels,
    settings: {
      REDIS_SENTINELS: sentinels.map(({ port }) => `127.0.0.1:${port}`).join(","),
      REDIS_SENTINEL_NAME: masterName,
    },
    master,
    failover: () =>
      ask(sentinels[0]?.port ?? 0, async (redis) => void (await redis.call("SENTINEL", "FAILOVER", masterName))),
  };
  await untilWhole(group);
  return group;
}

/** Waits until each Sentinel knows two replicas that follow, and both other Sentinels. */
export async function untilWhole({ sentinels }: SentinelGroup): Promise<void> {
  for (const { port } of sentinels) {
    await until(`a whole group, for the Sentinel on port ${port}`, async () => {
      const [master, replicas] = await ask(port, async (redis) => [
        fields(await redis.call("SENTINEL", "MASTER", masterName)),
        ((await redis.call("SENTINEL", "REPLICAS", masterName)) as unknown[]).map(fields),
      ]);
      const following = replicas.filter(
        (each) => each.get("flags") === "slave" && each.get("master-link-status") === "ok",
      );
      return master.get("flags") === "master" && master.get("num-other-sentinels") === "2" && following.length === 2;
    });
  }
}

function member(parent: string, name: string, port: number): Instance {
  const options = {
    port,
    bind: "127.0.0.1",
    requirepass: redisPassword,
    masterauth: redisPassword,
    save: "",
    // One that comes back has what it had, as with a volume: the most misleading that it can have.
    appendonly: "yes",
    appendfsync: "always",
    "repl-diskless-sync-delay": 0,
    "min-replicas-to-write": 1,
    "min-replicas-max-lag": 5,
  };
  const args = Object.entries(options).flatMap(([option, value]) => [`--${option}`, String(value)]);
  const directory = makeDirectory(parent, name);
  return { name: `Redis on port ${port}`, directory, command: "redis-server", args, environment: {}, port };
}

function sentinel(parent: string, name: string, port: number, master: number): Instance {
  const directory = makeDirectory(parent, name);
  const lines = [
    `port ${port}`,
    "bind 127.0.0.1",
    `dir ${directory}`,
    `requirepass ${redisPassword}`,
    `sentinel sentinel-pass ${redisPassword}`,
    `sentinel monitor ${masterName} 127.0.0.1 ${master} 2`,
    `sentinel auth-pass ${masterName} ${redisPassword}`,
    `sentinel down-after-milliseconds ${masterName} 1500`,
    `sentinel failover-timeout ${masterName} 5000`,
  ];
  const file = join(directory, "sentinel.conf");
  writeFileSync(file, `${lines.join("\n")}\n`);
  // Sentinel rewrites it, as another user.
  chmodSync(file, 0o666);
  const args = [file, "--sentinel"];
  return { name: `Sentinel on port ${port}`, directory, command: "redis-server", args, environment: {}, port };
}

async function masterPort(sentinelPort: number): Promise<number> {
  const address = await ask(sentinelPort, (redis) => redis.call("SENTINEL", "GET-MASTER-ADDR-BY-NAME", masterName));
  return Number((address as readonly string[])[1]);
}

/** Pairs of field and value, one after the other. */
function fields(reply: unknown): ReadonlyMap<string, string> {
  const flat = reply as readonly string[];
  return new Map(flat.flatMap((key, index) => (index % 2 === 0 ? [[key, flat[index + 1] ?? ""] as const] : [])));
}

async function ask<T>(port: number, question: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis({
    host: "127.0.0.1",
    port,
    password: redisPassword,
    protocol: 2,
    retryStrategy: () => null,
    enableReadyCheck: false,
    commandTimeout: 2_000,
  });
  redis.on("error", () => undefined);
  try {
    return await question(redis);
  } finally {
    redis.disconnect();
  }
}

async function freePorts(count: number): Promise<readonly number[]> {
  const ports = new Set<number>();
  while (ports.size < count) ports.add(await freePort());
  return [...ports];
}
