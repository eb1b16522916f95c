import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "../support/eventually.ts";
import { children, condition, getPlatform, objectKey, platformManifest } from "../support/platform.ts";
import { reportPods } from "./support/fake-kubelet.ts";
import { type OperatorBench, startOperatorBench } from "./support/operator-bench.ts";
import { waitApplied } from "./support/settled.ts";

const NAME = "changes";
const PODS = (component: string) => `app.kubernetes.io/instance=${NAME},app.kubernetes.io/name=${component}`;

let bench: OperatorBench;

beforeAll(async () => {
  bench = await startOperatorBench();
  await bench.startOperator();
  await bench.kubectl.apply(platformManifest(NAME, { server: { autoscaling: {} } }));
  await waitApplied(bench.api, NAME);
});

afterAll(async () => {
  await bench?.stop();
});

const exists = async (key: string) => (await children(bench.kubectl, NAME)).map(objectKey).includes(key);

function state(component: string): Promise<string | undefined> {
  return getPlatform(bench.kubectl, NAME).then(
    (platform) => platform?.status?.components?.find(({ name }) => name === component)?.state,
  );
}

/** No kubelet runs here, so that pods are reported by hand until Kubernetes' own controllers see the component ready. */
function becomesReady(component: string, phase: "Running" | "Succeeded", labels = {}): Promise<true> {
  return eventually(
    async () => {
      await reportPods(bench.kubectl, PODS(component), phase, labels);
      return (await state(component)) === "Ready" ? true : undefined;
    },
    { what: `${component} is Ready`, timeoutMs: 60_000 },
  );
}

test("components are made one after the other, as what they wait for becomes ready", async () => {
  expect(await state("migrations")).toBe("Waiting");
  await becomesReady("postgresql", "Running", { "profileplatform.io/postgresql-role": "primary" });
  expect(await exists("Deployment server-layer/server")).toBe(false);
  await becomesReady("migrations", "Succeeded");
  await eventually(() => bench.kubectl.get("deployment", "server", "server-layer"), {
    what: "the server's Deployment is made",
    timeoutMs: 10_000,
  });
  for (const component of ["redis", "rabbitmq", "server", "worker"]) await becomesReady(component, "Running");
});

test("a platform whose components are all ready is Ready, and says so in one line", async () => {
  const platform = await eventually(
    async () => {
      const found = await getPlatform(bench.kubectl, NAME);
      return condition(found, "Ready")?.status === "True" ? found : undefined;
    },
    { what: "the platform is Ready", timeoutMs: 10_000 },
  );
  expect(platform.status?.conditions?.map(({ type, status, reason }) => `${type} ${status} ${reason}`)).toEqual([
    "Ready True AllComponentsReady",
    "Applied True EverythingApplied",
    "Healthy True AllComponentsReady",
    "Reconciling False Settled",
    "Stalled False NotStalled",
    "DataLayerReady True AllComponentsReady",
    "ServerLayerReady True AllComponentsReady",
  ]);
  const [, line] = (await bench.kubectl.run(["get", "profileplatforms", NAME])).trim().split("\n");
  expect(line).toMatch(/^changes\s+True\s+All components are ready\s+6\/6\s+postgresql-0\s+\S+$/);
});

test("what is no longer wanted goes, and nothing else does", async () => {
  const { kubectl } = bench;
  const before = (await children(kubectl, NAME)).map(objectKey);
  expect(before).toContain("HorizontalPodAutoscaler server-layer/server");
  // Labels alone do not make an object the platform's to delete.
  const theirs = {
    apiVersion: "v1",
    kind: "Service",
    metadata: {
      name: "theirs",
      namespace: "data-layer",
      labels: { "app.kubernetes.io/managed-by": "profile-platform-operator", "profileplatform.io/platform": NAME },
    },
    spec: { clusterIP: "None" },
  };
  await kubectl.apply(theirs);
  await kubectl.run([
    "patch",
    "pp",
    NAME,
    "--type=merge",
    "-p",
    '{"spec":{"server":{"autoscaling":null,"replicas":2}}}',
  ]);
  await eventually(async () => ((await exists("HorizontalPodAutoscaler server-layer/server")) ? undefined : true), {
    what: "the autoscaler is gone",
    timeoutMs: 10_000,
  });
  const after = (await children(kubectl, NAME)).map(objectKey);
  expect([...after].sort()).toEqual(
    [...before.filter((key) => !key.startsWith("HorizontalPodAutoscaler")), "Service data-layer/theirs"].sort(),
  );
});

test("a change waits for what it needs, while what ran before goes on; the old migrations go when the new are done", async () => {
  const { kubectl } = bench;
  const [before] = (await children(kubectl, NAME)).filter(({ kind }) => kind === "Job");
  const server = await kubectl.get("deployment", "server", "server-layer");
  // What the platform runs changes with the operator's images; here, a Job that failed stands in for new migrations.
  await kubectl.run([
    "delete",
    "job",
    before?.metadata.name ?? "",
    "-n",
    "server-layer",
    "--cascade=foreground",
    "--wait=false",
  ]);
  await eventually(async () => ((await state("migrations")) === "Progressing" ? true : undefined), {
    what: "the migrations run again",
    timeoutMs: 20_000,
  });
  await kubectl.run(["patch", "pp", NAME, "--type=merge", "-p", '{"spec":{"server":{"cache":{"maxEntries":20}}}}']);
  await eventually(async () => ((await state("server")) === "Waiting" ? true : undefined), {
    what: "the server waits for the migrations",
    timeoutMs: 10_000,
  });
  expect((await kubectl.get("deployment", "server", "server-layer"))?.metadata.generation).toBe(
    server?.metadata.generation,
  );
  await becomesReady("migrations", "Succeeded");
  await eventually(
    async () => {
      const now = await kubectl.get("deployment", "server", "server-layer");
      return now?.metadata.generation !== server?.metadata.generation ? true : undefined;
    },
    { what: "the server is changed", timeoutMs: 10_000 },
  );
});

test("autoscaling takes over the number of pods as it is, without scaling down first", async () => {
  const { kubectl } = bench;
  const pods = async () => new Set((await kubectl.list("pods", PODS("server"))).map(({ metadata }) => metadata.uid));
  await kubectl.run(["patch", "pp", NAME, "--type=merge", "-p", '{"spec":{"server":{"replicas":5}}}']);
  await eventually(
    async () => {
      await reportPods(kubectl, PODS("server"), "Running");
      return (await pods()).size === 5 && (await state("server")) === "Ready" ? true : undefined;
    },
    { what: "5 servers run", timeoutMs: 60_000 },
  );
  const before = await pods();
  const autoscaling = { minReplicas: 2, maxReplicas: 6 };
  await kubectl.run(["patch", "pp", NAME, "--type=merge", "-p", JSON.stringify({ spec: { server: { autoscaling } } })]);
  await eventually(async () => (await exists("HorizontalPodAutoscaler server-layer/server")) || undefined, {
    what: "the autoscaler is made",
    timeoutMs: 10_000,
  });
  await waitApplied(bench.api, NAME);
  const deployment = await kubectl.get("deployment", "server", "server-layer");
  expect(deployment?.["spec"]).toMatchObject({ replicas: 5 });
  expect(await pods()).toEqual(before);
});

test("a status that is edited by hand is put right", async () => {
  const { kubectl } = bench;
  const patch = JSON.stringify({ status: { componentsReady: "99/99" } });
  await kubectl.run(["patch", "pp", NAME, "--subresource=status", "--type=merge", "-p", patch]);
  await eventually(
    async () => ((await getPlatform(kubectl, NAME))?.status?.componentsReady === "99/99" ? undefined : true),
    { what: "the status is the operator's again", timeoutMs: 10_000 },
  );
});
