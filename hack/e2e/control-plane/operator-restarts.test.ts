import type { KubernetesObject } from "@profile-platform/operator/kubernetes";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually } from "../support/eventually.ts";
import { type ClassBench, startClassBench } from "./support/class-bench.ts";
import { waitIdle } from "./support/idle.ts";
import type { KubeApi } from "./support/kube-api.ts";
import { restartsOf, waitRestarts } from "./support/told.ts";

const NAME = "restarts";

let bench: ClassBench;
let api: KubeApi;

beforeAll(async () => {
  bench = await startClassBench();
  ({ api } = bench);
  await api.createPlatform(NAME, {});
  await bench.waitReady(NAME);
});

afterAll(async () => {
  await bench?.stop();
});

const workload = (kind: "Deployment" | "StatefulSet", namespace: string, name: string) => ({
  apiVersion: "apps/v1",
  kind,
  metadata: { namespace, name },
});
const SERVER = workload("Deployment", "server-layer", "server");
const REDIS = workload("StatefulSet", "data-layer", "redis");

/** Component → uids of its pods. */
async function pods(): Promise<Readonly<Record<string, readonly string[]>>> {
  const byComponent: Record<string, string[]> = {};
  for (const { metadata } of await api.pods(NAME)) {
    const component = metadata.labels?.["app.kubernetes.io/name"] ?? "";
    if (component !== "migrations") (byComponent[component] ??= []).push(metadata.uid ?? "");
  }
  return Object.fromEntries(Object.entries(byComponent).map(([name, uids]) => [name, uids.sort()]));
}

async function settled(): Promise<void> {
  await bench.waitReady(NAME);
  await waitIdle(bench.operator);
}

/** Does something, and returns what is told of restarts since, and the components that have other pods now. */
async function restartsBy(action: () => Promise<unknown>, expected: number) {
  const [before, told] = [await pods(), await restartsOf(api, NAME)];
  await action();
  const notes = await waitRestarts(api, NAME, told.length + expected);
  await settled();
  const after = await pods();
  const restarted = Object.keys(before).filter((name) => before[name]?.join() !== after[name]?.join());
  return { notes: notes.filter((note) => !told.includes(note)), restarted: restarted.sort() };
}

test("a first roll-out restarts nothing", async () => {
  await settled();
  expect(await restartsOf(api, NAME)).toEqual([]);
});

describe("a change of the spec tells of each restart with its reason, and of no other", () => {
  test("a ConfigMap: the pods that read it", async () => {
    const change = () => api.patchPlatform(NAME, { server: { cache: { maxEntries: 77 } } });
    expect(await restartsBy(change, 2)).toEqual({
      notes: [
        "Deployment server-layer/server: its pods restart, because the content of ConfigMap server changed",
        "Deployment server-layer/worker: its pods restart, because the content of ConfigMap worker changed",
      ],
      restarted: ["server", "worker"],
    });
  });

  test("a resource: the pods that have it, by the field", async () => {
    const memory = { requests: { cpu: "100m", memory: "192Mi" }, limits: { cpu: "300m", memory: "256Mi" } };
    const before = (await api.platform(NAME))?.spec.redis.resources;
    expect(before).not.toEqual(memory);
    const { notes, restarted } = await restartsBy(() => api.patchPlatform(NAME, { redis: { resources: memory } }), 1);
    expect(restarted).toEqual(["redis"]);
    expect(notes).toHaveLength(1);
    expect(notes[0]).toMatch(
      /^StatefulSet data-layer\/redis: its pods restart, because the content of ConfigMap redis changed; pod settings changed: spec\.containers\[0\]\.resources\./,
    );
  });

  test("the number of pods, an address and the autoscaler: none", async () => {
    const server = { replicas: 2, exposure: { type: "NodePort" } };
    expect(await restartsBy(() => api.patchPlatform(NAME, { server, worker: { replicas: 2 } }), 0)).toMatchObject({
      notes: [],
    });
    const autoscaling = { minReplicas: 2, maxReplicas: 4 };
    expect(await restartsBy(() => api.patchPlatform(NAME, { server: { autoscaling } }), 0)).toMatchObject({
      notes: [],
    });
  });
});

describe("a pod template that was changed by hand is put back, and told of", () => {
  const grace = (seconds: number) => ({ spec: { template: { spec: { terminationGracePeriodSeconds: seconds } } } });

  test("while the operator runs", async () => {
    const { notes } = await restartsBy(() => api.patch(REDIS, grace(7)), 1);
    expect(notes).toEqual([
      "StatefulSet data-layer/redis: its pods restart, because its pod template was changed by hand and put back: " +
        "spec.terminationGracePeriodSeconds",
    ]);
  });

  test("while no operator ran", async () => {
    const told = await restartsOf(api, NAME);
    await bench.operator.stop();
    await api.patch(SERVER, grace(7));
    await bench.restartOperator();
    const notes = await waitRestarts(api, NAME, told.length + 1);
    expect(notes.filter((note) => !told.includes(note))).toEqual([
      "Deployment server-layer/server: its pods restart, because its pod template was changed by hand and put back: " +
        "spec.terminationGracePeriodSeconds",
    ]);
  });

  test("a number of pods, or a restart that somebody asked for: not", async () => {
    await settled();
    const restartedAt = { "kubectl.kubernetes.io/restartedAt": "2026-01-01T00:00:00Z" };
    const edits = async () => {
      await api.patch(workload("Deployment", "server-layer", "worker"), { spec: { replicas: 5 } });
      await api.patch(SERVER, { spec: { template: { metadata: { annotations: restartedAt } } } });
    };
    expect(await restartsBy(edits, 0)).toMatchObject({ notes: [] });
    expect((await api.get(SERVER))?.["spec"]).toMatchObject({ template: { metadata: { annotations: restartedAt } } });
  });
});

test("a Secret that had to be made anew: the pods that read it, and no word of what is in it", async () => {
  await settled();
  const secrets = (await api.children(NAME)).filter(
    ({ kind, metadata }) => kind === "Secret" && metadata.name === "redis-credentials",
  );
  expect(secrets).toHaveLength(2);
  const told = await restartsOf(api, NAME);
  await bench.operator.stop();
  for (const secret of secrets) await api.remove(secret);
  await bench.restartOperator();
  const notes = await waitRestarts(api, NAME, told.length + 3);
  const cause = "its pods restart, because the content of Secret redis-credentials changed";
  expect(notes.filter((note) => !told.includes(note))).toEqual([
    `Deployment server-layer/server: ${cause}`,
    `Deployment server-layer/worker: ${cause}`,
    `StatefulSet data-layer/redis: ${cause}`,
  ]);
  await settled();
});

test("each restart stands in the log as well, and no Secret's value does", async () => {
  const log = await bench.operator.log();
  expect(log).toContain("its pods restart, because the content of Secret redis-credentials changed");
  const everything = JSON.stringify(await api.platform(NAME)) + log + (await restartsOf(api, NAME)).join();
  for (const value of await secretValues()) expect(everything.includes(value)).toBe(false);
});

async function secretValues(): Promise<readonly string[]> {
  const secrets = (await api.children(NAME)).filter(({ kind }) => kind === "Secret");
  const values = secrets.flatMap((secret: KubernetesObject) =>
    Object.entries((secret["data"] ?? {}) as Readonly<Record<string, string>>)
      .filter(([key]) => /password|cookie/.test(key))
      .flatMap(([, value]) => [value, Buffer.from(value, "base64").toString("utf8")]),
  );
  expect(values.length).toBeGreaterThan(10);
  return values;
}

test("nothing restarts of itself afterwards", async () => {
  const before = await pods();
  await bench.restartOperator();
  await waitIdle(bench.operator);
  await eventually(async () => ((await bench.operator.log()).includes("Leading") ? true : undefined), {
    what: "the operator leads",
    timeoutMs: 10_000,
  });
  expect(await pods()).toEqual(before);
});
