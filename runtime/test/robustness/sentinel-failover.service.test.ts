import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { type Client, createClient } from "../client.ts";
import { type Instance, killInstance, signalInstance, startInstance, until } from "../instance.ts";
import { ownServices } from "../own-services.ts";
import { createSentinelGroup, type SentinelGroup, untilWhole } from "../sentinels.ts";
import { createSettings, endServices, migrateDatabase, type Settings, startService } from "../service.ts";

// A failover takes its time, and more of it on a busy machine.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

const instances: Instance[] = [];
let group: SentinelGroup;
let clients: readonly Client[];

beforeAll(async () => {
  group = await createSentinelGroup(ownServices().directory, "group", instances);
});
afterAll(async () => {
  for (const instance of instances.toReversed()) await killInstance(instance);
});

beforeEach(async () => {
  await untilWhole(group);
  const settings: Settings = {
    ...(await createSettings()),
    ...group.settings,
    REDIS_ADDRESS: "127.0.0.1:1",
    // More than the default, by which a busy machine takes a Redis that is there for one that is away.
    CACHE_REDIS_TIMEOUT: "1s",
  };
  await migrateDatabase(settings);
  const servers = [startService("server", settings), startService("server", settings)];
  await Promise.all(servers.map((server) => server.ready()));
  clients = await Promise.all(servers.map(async (server) => createClient(await server.url())));
  await untilShared();
});
afterEach(endServices);

/** Whether one server finds in the cache what the other one has read from the database. */
async function isShared(): Promise<boolean> {
  const [one, other] = clients;
  if (one === undefined || other === undefined) throw new Error("there are not two servers");
  const { id } = await one.create(`${crypto.randomUUID()}@example.org`);
  await one.read(id);
  return (await other.read(id)).body.source === "cache";
}

async function untilShared(): Promise<void> {
  await until("the shared cache to be in use", isShared);
}

interface Traffic {
  readonly reads: number;
  readonly writes: number;
  readonly cached: number;
  /** Reads that showed less than a write that was acknowledged before they were sent, and answers that were none. */
  readonly wrong: readonly string[];
}

/** Writes and reads eight profiles at both servers until told to stop, and holds every answer against what it may say. */
function startTraffic(): () => Promise<Traffic> {
  const stopping = new AbortController();
  const wrong: string[] = [];
  const count = { reads: 0, writes: 0, cached: 0 };
  const at = (index: number): Client => clients[index % clients.length] as Client;

  const useProfile = async (index: number): Promise<void> => {
    const email = `${crypto.randomUUID()}@example.org`;
    const { id } = await at(index).create(email);
    let acknowledged = 1;
    const write = async (): Promise<void> => {
      for (let round = index; !stopping.signal.aborted; round += 1) {
        const { status, body } = await at(round).replace(id, { name: `round ${round}`, email });
        if (status === 200) acknowledged = body.profile.version;
        else wrong.push(`a write was answered with ${status}`);
        count.writes += 1;
        await pause(20);
      }
    };
    const read = async (reader: number): Promise<void> => {
      while (!stopping.signal.aborted) {
        const atLeast = acknowledged;
        const { status, body } = await at(reader).read(id);
        if (status !== 200) wrong.push(`a read was answered with ${status}`);
        else if (body.profile.version < atLeast) wrong.push(`version ${body.profile.version} after ${atLeast}`);
        else if (body.source === "cache") count.cached += 1;
        count.reads += 1;
        await pause(5);
      }
    };
    await Promise.all([write(), read(0), read(1)]);
  };

  const using = Promise.all(Array.from({ length: 8 }, (_, index) => useProfile(index)));
  return async () => {
    stopping.abort();
    await using;
    return { ...count, wrong };
  };
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Waits until the Sentinels have made another member the master. */
async function untilAnother(than: Instance): Promise<void> {
  await until("another master", async () => (await group.master()) !== than);
}

interface Loss {
  readonly name: string;
  readonly lose: (master: Instance) => Promise<void>;
  /** Brings the former master back, once there is another one. */
  readonly restore: (former: Instance) => Promise<void>;
}

const losses: readonly Loss[] = [
  // It comes back as the master that it was, with all that it had, and Sentinel makes it a replica a little later.
  { name: "is killed", lose: (master) => killInstance(master), restore: async (former) => startInstance(former) },
  // The same without an end of its connections.
  {
    name: "hangs",
    lose: async (master) => signalInstance(master, "SIGSTOP"),
    restore: async (former) => signalInstance(former, "SIGCONT"),
  },
  { name: "hands over as planned", lose: () => group.failover(), restore: async () => undefined },
];

/** Everything that happens while profiles are in use; the use ends with it, however it ends. */
async function inUse(work: () => Promise<void>): Promise<Traffic> {
  const stop = startTraffic();
  try {
    await pause(1_000);
    await work();
  } catch (err) {
    await stop();
    throw err;
  }
  return stop();
}

describe.each(losses)("the master $name while profiles are written and read", ({ lose, restore }) => {
  test("no read is stale, nobody sees an error, and the shared cache comes back by itself", async () => {
    const traffic = await inUse(async () => {
      const former = await group.master();
      await lose(former);
      try {
        await untilAnother(former);
        await untilShared();
      } finally {
        await restore(former);
      }
      await untilWhole(group);
      await untilShared();
    });
    console.log(`${traffic.reads} reads, ${traffic.cached} of them cached, ${traffic.writes} writes`);
    expect(traffic.wrong).toEqual([]);
    expect(traffic.writes).toBeGreaterThan(100);
    expect(traffic.cached).toBeGreaterThan(100);
  });
});

test("a master that no replica hears is not believed, and the cache comes back with a replica", async () => {
  const master = await group.master();
  const replicas = group.members.filter((member) => member !== master);
  const { wrong } = await inUse(async () => {
    for (const replica of replicas) await killInstance(replica);
    try {
      await until("the shared cache to be left", async () => !(await isShared()));
      await pause(2_000);
      expect(await isShared()).toBe(false);
    } finally {
      for (const replica of replicas) startInstance(replica);
    }
    await untilWhole(group);
    await untilShared();
  });
  expect(wrong).toEqual([]);
});
