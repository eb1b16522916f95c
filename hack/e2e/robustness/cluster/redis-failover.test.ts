import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { eventually, timed } from "../../support/eventually.ts";
import { Kubectl } from "../../support/kubectl.ts";
import { getPlatform, platformManifest, waitReady } from "../../support/platform.ts";
import { ProfileApi } from "../../support/profile-api.ts";
import { startTraffic } from "../../support/profile-traffic.ts";
import { RedisMembers } from "../../support/redis-members.ts";

const kubectl = new Kubectl(inject("kubeconfig"));
const NAME = "failover";
const NAMESPACE = "failover-data-layer";
const redis = new RedisMembers(kubectl, NAME, NAMESPACE);
const { pods } = redis;
/** A new address of a pod is known everywhere after a while, and a busy machine takes longer for everything. */
const READY_MS = 300_000;

const small = (cpu: string) => ({ requests: { cpu: "50m", memory: "64Mi" }, limits: { cpu, memory: "512Mi" } });

function manifest(settings: Readonly<Record<string, unknown>>): unknown {
  return platformManifest(NAME, {
    namespacePrefix: "failover-",
    deletionPolicy: "Delete",
    server: { replicas: 2, exposure: { type: "NodePort" }, resources: small("1") },
    worker: { resources: small("500m") },
    postgresql: { resources: small("1") },
    rabbitmq: { resources: small("1") },
    redis: { resources: small("500m"), ...settings },
  });
}

/** What was written to Redis itself before the first test, and is to be there ever after. */
async function kept(): Promise<string> {
  return redis.ask(await redis.master(), "get", "kept");
}

beforeAll(async () => {
  await kubectl.apply(manifest({ replicas: 1 }));
  await waitReady(kubectl, NAME, READY_MS);
  await redis.ask("redis-0", "set", "kept", "from the beginning");
}, READY_MS);

afterAll(async () => {
  await kubectl.run(["delete", "profileplatform", NAME, "--wait=false"]);
});

describe("Redis with three replicas", () => {
  test("grows out of one, with its data", async () => {
    await kubectl.apply(manifest({ replicas: 3 }));
    const seconds = await waitReady(kubectl, NAME, READY_MS);
    console.log(`three replicas: Ready after ${seconds} s`);
    expect(await pods.list()).toHaveLength(3);
    expect(await kept()).toBe("from the beginning");
    const nodes = (await pods.list()).map(({ spec }) => (spec as { nodeName?: string }).nodeName);
    expect(new Set(nodes).size).toBeGreaterThan(1);
  });

  test("loses its master while profiles are written and read: no read is stale, and nobody sees an error", async () => {
    const traffic = startTraffic(await ProfileApi.throughNodePort(kubectl, "failover-server-layer"));
    const master = await redis.master();
    const { seconds } = await timed(async () => {
      await pods.kill(await pods.named(master));
      await waitReady(kubectl, NAME, READY_MS);
    });
    await traffic.untilCached();
    const { wrong, reads, writes } = await traffic.stop();
    console.log(`${master} killed: Ready after ${seconds} s, ${reads} reads, ${writes} writes`);
    expect(wrong).toEqual([]);
    expect(reads).toBeGreaterThan(100);
    expect(await kept()).toBe("from the beginning");
  });

  test("is changed a member at a time, and the master hands over first", async () => {
    const traffic = startTraffic(await ProfileApi.throughNodePort(kubectl, "failover-server-layer"));
    const before = new Set((await pods.list()).map(({ metadata }) => metadata.uid));
    await kubectl.apply(manifest({ replicas: 3, resources: small("600m") }));
    const seconds = await waitReady(kubectl, NAME, READY_MS);
    await traffic.untilCached();
    const { wrong, reads, writes } = await traffic.stop();
    console.log(`changed: Ready after ${seconds} s, ${reads} reads, ${writes} writes`);
    expect((await pods.list()).filter(({ metadata }) => before.has(metadata.uid))).toEqual([]);
    expect(wrong).toEqual([]);
    expect(await kept()).toBe("from the beginning");
  });

  test("loses all pods at once, and comes back by itself with its data, at new addresses", async () => {
    const { seconds } = await timed(async () => {
      await pods.kill(...(await pods.list()));
      await waitReady(kubectl, NAME, READY_MS);
    });
    console.log(`all members killed: Ready after ${seconds} s`);
    expect(await kept()).toBe("from the beginning");
  });

  test("loses the master with its volume: one that has the data takes its place", async () => {
    const master = await redis.master();
    await kubectl.run(["delete", "pvc", `data-${master}`, "-n", NAMESPACE, "--wait=false"]);
    await pods.kill(await pods.named(master));
    const seconds = await waitReady(kubectl, NAME, READY_MS);
    console.log(`${master} lost with its volume: Ready after ${seconds} s`);
    expect(await redis.master()).not.toBe(master);
    expect(await kept()).toBe("from the beginning");
    await eventually(async () => (await redis.ask(master, "get", "kept")) === "from the beginning" || undefined, {
      what: `${master} has the data again`,
      timeoutMs: 30_000,
    });
  });

  test("loses all pods at once, and the master's volume: one that has the data takes its place", async () => {
    const master = await redis.master();
    await kubectl.run(["delete", "pvc", `data-${master}`, "-n", NAMESPACE, "--wait=false"]);
    await pods.kill(...(await pods.list()));
    const seconds = await waitReady(kubectl, NAME, READY_MS);
    console.log(`all members killed, and the volume of ${master}: Ready after ${seconds} s`);
    expect(await kept()).toBe("from the beginning");
  });

  test("status counts its members", async () => {
    const status = (await getPlatform(kubectl, NAME))?.status?.components?.find(({ name }) => name === "redis");
    expect(status).toEqual({ name: "redis", layer: "data-layer", state: "Ready", ready: "3/3", message: "" });
  });
});
