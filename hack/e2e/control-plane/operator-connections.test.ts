import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "../support/eventually.ts";
import { condition, getPlatform, platformManifest, waitReady } from "../support/platform.ts";
import { type Kubelet, startKubelet } from "./support/kubelet.ts";
import { type OperatorBench, startOperatorBench } from "./support/operator-bench.ts";

let bench: OperatorBench;
let kubelet: Kubelet;

beforeAll(async () => {
  bench = await startOperatorBench();
  kubelet = startKubelet(bench.kubectl.kubeconfig);
  await bench.startOperator();
});

afterAll(async () => {
  await kubelet?.stop();
  await bench?.stop();
});

const NAME = "many";
const DATA = "many-data-layer";

const manifest = (replicas: number, poolSize = 8) =>
  platformManifest(NAME, {
    namespacePrefix: "many-",
    server: { replicas, database: { poolSize } },
    // Its memory bears as many connections as are asked for.
    postgresql: { resources: { requests: { cpu: "1m", memory: "1Mi" }, limits: { cpu: "1", memory: "64Gi" } } },
  });

/** What Patroni does when a cluster is made, and when somebody changes its settings: it writes them down, and says on the pod what becomes of it. */
async function patroniSays(maxConnections: number, state: object): Promise<void> {
  const config = JSON.stringify({ ttl: 20, postgresql: { parameters: { max_connections: maxConnections } } });
  const annotations = { initialize: "7710477467263422487", config };
  await bench.kubectl.apply({
    apiVersion: "v1",
    kind: "Endpoints",
    metadata: { name: "postgresql-config", namespace: DATA, annotations },
  });
  const status = `status=${JSON.stringify(state)}`;
  await bench.kubectl.run(["annotate", "pod", "postgresql-0", "-n", DATA, "--overwrite", status]);
}

async function bootstrapConnections(): Promise<number> {
  const found = await bench.kubectl.get("configmap", "postgresql-patroni", DATA);
  const text = (found?.["data"] as Readonly<Record<string, string>> | undefined)?.["patroni.yml"] ?? "";
  return Number(/max_connections: (\d+)/.exec(text)?.[1]);
}

async function configHash(): Promise<unknown> {
  const found = await bench.kubectl.get("statefulset", "postgresql", DATA);
  const spec = found?.["spec"] as { template: { metadata: { annotations: Readonly<Record<string, string>> } } };
  return spec.template.metadata.annotations["profileplatform.io/config-hash"];
}

/** Waits until the status has both numbers, and returns what the condition says. */
async function overcommittedAt(maxConnections: number, peakConnections: number): Promise<string | undefined> {
  return eventually(
    async () => {
      const platform = await getPlatform(bench.kubectl, NAME);
      expect(platform?.status?.postgresql).toMatchObject({ maxConnections, peakConnections });
      return { message: condition(platform, "ConnectionsOvercommitted")?.message };
    },
    { what: `the status has ${maxConnections} and ${peakConnections}`, timeoutMs: 30_000 },
  ).then(({ message }) => message);
}

async function events(): Promise<readonly string[]> {
  const text = await bench.kubectl.run(["get", "events.events.k8s.io", "-n", "default", "-o", "json"]);
  const { items } = JSON.parse(text) as { items: { type: string; reason: string; regarding: { name: string } }[] };
  return items.filter(({ regarding }) => regarding.name === NAME).map(({ type, reason }) => `${type} ${reason}`);
}

test("a database is made for as many connections as everything may open", async () => {
  await bench.kubectl.apply(manifest(12));
  await waitReady(bench.kubectl, NAME, 60_000);
  expect(await bootstrapConnections()).toBe(227);
  // Nobody has made one yet, so that nothing is known of what it accepts.
  expect((await getPlatform(bench.kubectl, NAME))?.status?.postgresql).not.toHaveProperty("maxConnections");
  await patroniSays(227, { state: "running", role: "primary" });
  expect(await overcommittedAt(227, 227)).toBeUndefined();
});

test("more servers than one that exists accepts are told of, and restart no database", async () => {
  const before = await configHash();
  await bench.kubectl.run(["scale", "profileplatform", NAME, "--replicas=15"]);
  expect(await overcommittedAt(227, 272)).toMatch(
    /^All pods together may open 272 connections to PostgreSQL, which accepts 227: 240 of 15 server pods/,
  );
  const platform = await getPlatform(bench.kubectl, NAME);
  expect(condition(platform, "ConnectionsOvercommitted")).toMatchObject({
    status: "True",
    reason: "ConnectionsOvercommitted",
    message: expect.stringContaining("Set spec.server.database.poolSize to 5 or below") as string,
  });
  await waitReady(bench.kubectl, NAME, 60_000);
  await eventually(async () => (await events()).includes("Warning ConnectionsOvercommitted") || undefined, {
    what: "an Event tells of it",
    timeoutMs: 30_000,
  });
  // The next one would be made for as many.
  expect(await bootstrapConnections()).toBe(272);
  expect(await configHash()).toBe(before);
});

test("the cure that is told is one", async () => {
  await bench.kubectl.apply(manifest(15, 5));
  expect(await overcommittedAt(227, 224)).toBeUndefined();
  await eventually(async () => (await events()).includes("Normal ConnectionsSuffice") || undefined, {
    what: "an Event tells that they suffice",
    timeoutMs: 30_000,
  });
});

test("so is another max_connections by Patroni's own tools", async () => {
  await bench.kubectl.apply(manifest(20));
  expect(await overcommittedAt(227, 347)).toMatch(/^All pods together may open 347 connections/);
  await patroniSays(400, { state: "running", role: "primary", pending_restart: true });
  expect(await overcommittedAt(400, 347)).toBeUndefined();
});
