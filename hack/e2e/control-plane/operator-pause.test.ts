import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually } from "../support/eventually.ts";
import { condition, objectKey } from "../support/platform.ts";
import { type ClassBench, startClassBench, waitCondition } from "./support/class-bench.ts";
import { waitIdle } from "./support/idle.ts";
import { type KubeApi, platformRef } from "./support/kube-api.ts";
import { eventsAbout } from "./support/told.ts";

const NAME = "paused";
const ref = (apiVersion: string, kind: string, namespace: string, name: string) => ({
  apiVersion,
  kind,
  metadata: { namespace, name },
});
const REDIS = ref("apps/v1", "StatefulSet", "data-layer", "redis");
const REDIS_CONFIG = ref("v1", "ConfigMap", "data-layer", "redis");
const SERVER = ref("apps/v1", "Deployment", "server-layer", "server");
const SERVICE = ref("v1", "Service", "server-layer", "server");
const AUTOSCALER = ref("autoscaling/v2", "HorizontalPodAutoscaler", "server-layer", "server");
const SECRET = ref("v1", "Secret", "server-layer", "redis-credentials");

let bench: ClassBench;
let api: KubeApi;

beforeAll(async () => {
  bench = await startClassBench();
  ({ api } = bench);
  await api.createPlatform(NAME, { server: { autoscaling: { minReplicas: 2 } } });
  await bench.waitReady(NAME);
  await waitIdle(bench.operator);
});

afterAll(async () => {
  await bench?.stop();
});

function annotate(platform: string, value: string | null): Promise<unknown> {
  return api.patch(platformRef(platform), { metadata: { annotations: { "profileplatform.io/paused": value } } });
}

/** The operator has seen everything that was done before, and has nothing more to do about it. */
async function seen(): Promise<void> {
  await waitIdle(bench.operator);
}

describe("while its roll-out is paused", () => {
  test("a platform says so, and that nothing is held back", async () => {
    await annotate(NAME, "true");
    const paused = await waitCondition(api, NAME, "Paused", "True", /./);
    expect(paused.reason).toBe("Paused");
    expect(paused.message).toBe(
      "The roll-out of the spec is paused; nothing is known to differ from the spec. Health, status and Secrets are " +
        "looked after; remove the annotation profileplatform.io/paused to roll it out.",
    );
    const platform = await api.platform(NAME);
    expect(condition(platform, "Applied")?.status).toBe("True");
    expect(condition(platform, "Ready")).toMatchObject({
      status: "True",
      message: "All components are ready (paused)",
    });
    const [, line] = (await bench.bench.kubectl.run(["get", "pp", NAME])).trim().split("\n");
    expect(line).toMatch(/^paused\s+True\s+All components are ready \(paused\)\s+6\/6/);
  });

  test("what is changed, added and deleted by hand stays so", async () => {
    await api.patch(REDIS_CONFIG, { data: { "redis.conf": "by hand" } });
    await api.patch(REDIS, { spec: { replicas: 0 } });
    await api.patch(SERVER, { spec: { template: { spec: { terminationGracePeriodSeconds: 7 } } } });
    await api.remove(SERVICE);
    await waitCondition(api, NAME, "Paused", "True", /1 object differs from the spec: Service server-layer\/server\./);
    await seen();
    expect((await api.get(REDIS_CONFIG))?.["data"]).toMatchObject({ "redis.conf": "by hand" });
    expect((await api.get(REDIS))?.["spec"]).toMatchObject({ replicas: 0 });
    expect((await api.get(SERVER))?.["spec"]).toMatchObject({
      template: { spec: { terminationGracePeriodSeconds: 7 } },
    });
    expect(await api.get(SERVICE)).toBeUndefined();
  });

  test("a change of the spec is held back, with what would change or go; an autoscaler that is no longer wanted stays", async () => {
    await api.patchPlatform(NAME, { server: { autoscaling: null, replicas: 3, cache: { maxEntries: 88 } } });
    const { message } = await waitCondition(api, NAME, "Paused", "True", /HorizontalPodAutoscaler/);
    expect(message).toMatch(/; \d objects differ from the spec: /);
    for (const held of [
      "ConfigMap server-layer/server",
      "Service server-layer/server",
      "Deployment server-layer/server",
    ])
      expect(message).toContain(held);
    const platform = await api.platform(NAME);
    expect(condition(platform, "Applied")).toMatchObject({ status: "False", reason: "Paused" });
    expect(platform?.status?.observedGeneration).toBe(platform?.metadata.generation);
    expect(await api.get(AUTOSCALER)).toBeDefined();
  });

  test("its health is told of as ever, and its status put right", async () => {
    await waitCondition(api, NAME, "DataLayerReady", "True", /./);
    await api.patch(platformRef(NAME), { status: { postgresql: { primary: "nobody" } } }, { subresource: "status" });
    await eventually(
      async () => ((await api.platform(NAME))?.status?.postgresql?.primary === "postgresql-0" ? true : undefined),
      { what: "the status names the primary again", timeoutMs: 10_000 },
    );
    await api.remove(REDIS);
    const ready = await waitCondition(api, NAME, "Ready", "False", /redis/);
    expect(ready.message).toMatch(/^Waiting for redis: .* \(paused: \d held back\)$/);
    await waitCondition(api, NAME, "DataLayerReady", "False", /^redis: /);
    await waitCondition(api, NAME, "ServerLayerReady", "True", /./);
  });

  test("a Secret that is deleted comes back with what it held", async () => {
    const before = await api.get(SECRET);
    await api.remove(SECRET);
    const after = await eventually(
      async () => {
        const found = await api.get(SECRET);
        return found?.metadata.uid === before?.metadata.uid ? undefined : found;
      },
      { what: "the Secret is back", timeoutMs: 10_000 },
    );
    expect(after["data"]).toEqual(before?.["data"]);
  });

  test("an operator that starts keeps to it", async () => {
    await bench.restartOperator();
    await seen();
    expect((await api.get(REDIS_CONFIG))?.["data"]).toMatchObject({ "redis.conf": "by hand" });
    expect(await api.get(SERVICE)).toBeUndefined();
    expect(await api.get(REDIS)).toBeUndefined();
    // What was not applied by this process itself is known by the hash that workloads carry, and by its absence.
    const { message } = await waitCondition(api, NAME, "Applied", "False", /./);
    expect(message).toContain("StatefulSet data-layer/redis");
    expect(message).toContain("Deployment server-layer/server");
  });
});

test("without the annotation everything is rolled out and put back, and told of", async () => {
  const since = condition(await api.platform(NAME), "Paused")?.lastTransitionTime;
  expect(since).toMatch(/Z$/);
  await annotate(NAME, null);
  await bench.waitReady(NAME);
  const platform = await api.platform(NAME);
  expect(condition(platform, "Paused")).toBeUndefined();
  expect(condition(platform, "Applied")?.status).toBe("True");
  expect((await api.get(SERVER))?.["spec"]).toMatchObject({
    replicas: 3,
    template: { spec: { terminationGracePeriodSeconds: 30 } },
  });
  expect((await api.get(REDIS_CONFIG))?.["data"]).not.toMatchObject({ "redis.conf": "by hand" });
  expect(await api.get(SERVICE)).toBeDefined();
  expect(await api.get(AUTOSCALER)).toBeUndefined();
  const told = await eventually(
    async () => {
      const events = await eventsAbout(api, NAME, "Paused", "Resumed");
      return events.length >= 2 ? events : undefined;
    },
    { what: "pausing and resuming are told of", timeoutMs: 10_000 },
  );
  expect(told.map(({ type, reason }) => `${type} ${reason}`)).toEqual(["Normal Paused", "Normal Resumed"]);
});

test("a platform that is paused before its first apply gets nothing at all", async () => {
  const annotations = { "profileplatform.io/paused": "true" };
  const manifest = platformRef("new");
  const metadata = { ...manifest.metadata, annotations };
  await api.create({ ...manifest, metadata, spec: { namespacePrefix: "new-" } });
  const paused = await waitCondition(api, "new", "Paused", "True", /./);
  expect(paused.message).toMatch(/^The roll-out of the spec is paused; nothing was rolled out yet\./);
  await seen();
  expect((await api.children("new")).map(objectKey)).toEqual([]);
  expect(condition(await api.platform("new"), "Applied")).toMatchObject({
    status: "False",
    reason: "Paused",
    message: "Paused: nothing was rolled out yet",
  });
  await annotate("new", null);
  await bench.waitReady("new");
});

test("a value that is neither true nor false pauses as well, and says what to write", async () => {
  await annotate("new", "yes");
  const paused = await waitCondition(api, "new", "Paused", "True", /./);
  expect(paused.reason).toBe("PauseUnclear");
  expect(paused.message).toMatch(
    /^The annotation profileplatform.io\/paused is neither "true" nor "false" but "yes", and is taken for "true": set one of the two\./,
  );
  const [event] = await eventually(
    async () => {
      const events = (await eventsAbout(api, "new", "Paused")).filter(({ type }) => type === "Warning");
      return events.length > 0 ? events : undefined;
    },
    { what: "it is a warning", timeoutMs: 10_000 },
  );
  expect(event?.note).toBe(paused.message);
  await annotate("new", "false");
  await eventually(async () => (condition(await api.platform("new"), "Paused") === undefined ? true : undefined), {
    what: "it is not paused",
    timeoutMs: 10_000,
  });
});
