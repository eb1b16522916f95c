import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { type Client, createClient } from "../client.ts";
import { type Instance, killInstance, until } from "../instance.ts";
import { createLink, type Link } from "../link.ts";
import { ownServices } from "../own-services.ts";
import { createRedis, startRedis } from "../redis.ts";
import { createSettings, endServices, migrateDatabase, type Settings, startService } from "../service.ts";

// Outages take their time, and more of it on a busy machine.
vi.setConfig({ testTimeout: 180_000 });

const instances: Instance[] = [];
let redis: Instance;
let settings: Settings;
let link: Link;
/** Reaches Redis through the link. */
let far: Client;
/** Reaches Redis directly. */
let near: Client;

beforeAll(async () => {
  redis = await createRedis(ownServices().directory, "redis-of-its-own", instances);
});
afterAll(async () => {
  for (const instance of instances) await killInstance(instance);
});

beforeEach(async () => {
  settings = {
    ...(await createSettings()),
    REDIS_ADDRESS: `127.0.0.1:${redis.port}`,
    // The default: reads go on through outages of any kind.
    CACHE_REDIS_TIMEOUT: "",
    RATE_LIMIT_REDIS_TIMEOUT: "",
    LOG_LEVEL: "debug",
  };
  await migrateDatabase(settings);
  link = await createLink(redis.port);
  const farServer = startService("server", { ...settings, REDIS_ADDRESS: `127.0.0.1:${link.port}` });
  const nearServer = startService("server", settings);
  await Promise.all([farServer.ready(), nearServer.ready()]);
  far = createClient(await farServer.url());
  near = createClient(await nearServer.url());
  await untilShared();
});
afterEach(async () => {
  await endServices();
  await link.close();
});

/** Waits until what one replica read from the database the other one finds in the cache. */
async function untilShared(): Promise<void> {
  await until("the shared cache to be in use", async () => {
    const { id } = await near.create(`${crypto.randomUUID()}@example.org`);
    await near.read(id);
    return (await far.read(id)).body.source === "cache";
  });
}

async function replace(client: Client, id: string, name: string): Promise<void> {
  const { status } = await client.replace(id, { name, email: `${id}@example.org` });
  expect(status).toBe(200);
}

describe("Redis killed", () => {
  test("service goes on from memory, and the shared cache comes back by itself", async () => {
    const { id } = await near.create("outage@example.org");
    await near.read(id);
    await killInstance(redis);
    expect((await near.read(id)).body.profile.id).toBe(id);
    await until("memory to serve", async () => (await near.read(id)).body.source === "cache");

    await replace(far, id, "written without Redis");
    expect((await near.read(id)).body.profile.name).toBe("written without Redis");
    expect((await far.read(id)).body.profile.name).toBe("written without Redis");
    expect(await near.metric("cache_errors_total")).toBeLessThan(5);

    await startRedis(redis);
    await untilShared();
    expect((await near.read(id)).body.profile.name).toBe("written without Redis");
  });
});

describe("Redis killed while profiles are written all the time", () => {
  test("the shared cache comes back all the same", async () => {
    const writing = new AbortController();
    const writers = [near, far].map(async (client, index) => {
      const { id } = await client.create(`busy-${index}@example.org`);
      let rounds = 0;
      for (; !writing.signal.aborted; rounds += 1) await replace(client, id, `round ${rounds}`);
      return { id, last: `round ${rounds - 1}` };
    });
    await killInstance(redis);
    await until("Redis to be missed", async () => (await near.metric('dependency_up{dependency="redis"}')) === 0);
    await startRedis(redis);
    await untilShared();
    writing.abort();
    for (const { id, last } of await Promise.all(writers)) {
      const reads = await Promise.all([near.read(id), far.read(id)]);
      expect(reads.map(({ body }) => body.profile.name)).toEqual([last, last]);
    }
  });
});

describe("one replica cut off from Redis", () => {
  test.each(["cut", "stall"] as const)("no stale read after a write on the replica that was %s off", async (how) => {
    const { id } = await near.create(`partition-${how}@example.org`);
    await near.read(id);
    expect((await near.read(id)).body.source).toBe("cache");
    link[how]();
    for (const name of ["first", "second", "third"]) {
      await replace(far, id, name);
      expect((await near.read(id)).body.profile.name).toBe(name);
      expect((await far.read(id)).body.profile.name).toBe(name);
    }
    await replace(near, id, "by the other");
    expect((await far.read(id)).body.profile.name).toBe("by the other");
    link.mend();
    await untilShared();
    expect((await far.read(id)).body.profile.name).toBe("by the other");
    expect((await far.delete(id)).status).toBe(204);
    expect((await near.read(id)).status).toBe(404);
  });
});

describe("readers and writers on two replicas", () => {
  test("a read that follows an acknowledged write sees it, through an outage of Redis as well", async () => {
    const { id } = await near.create("storm@example.org");
    let written = 1;
    const writing = new AbortController();
    const stale: string[] = [];
    const readers = [near, far, near, far].map(async (client) => {
      while (!writing.signal.aborted) {
        const atLeast = written;
        const { body } = await client.read(id);
        if (body.profile.version < atLeast) stale.push(`read ${body.profile.version} after ${atLeast}`);
      }
    });
    for (let round = 0; round < 120; round += 1) {
      if (round === 40) link.cut();
      if (round === 80) link.mend();
      const { body } = await (round % 2 === 0 ? near : far).replace(id, {
        name: `round ${round}`,
        email: "storm@example.org",
      });
      written = body.profile.version;
    }
    writing.abort();
    await Promise.all(readers);
    expect(written).toBe(121);
    expect(stale).toEqual([]);
  });
});
