import type { KubernetesObject } from "@profile-platform/operator/kubernetes";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually, timed } from "../support/eventually.ts";
import { byKey, children, objectKey, platformManifest } from "../support/platform.ts";
import { reportPods } from "./support/fake-kubelet.ts";
import { type OperatorBench, startOperatorBench } from "./support/operator-bench.ts";
import type { OperatorProcess } from "./support/operator-process.ts";
import { waitApplied } from "./support/settled.ts";

const NAME = "drift";
const LABEL = { metadata: { labels: { "app.kubernetes.io/part-of": "something-else" } } };

/** The operator takes milliseconds; the rest is for two starts of kubectl on a machine that is busy. */
const LONGEST_SECONDS = 5;
const UNLABELLED = { metadata: { labels: null } };

/** An edit by hand of each kind, as a merge patch. */
const EDITS: Readonly<Record<string, unknown>> = {
  Namespace: { metadata: { labels: { "pod-security.kubernetes.io/enforce": "privileged" } } },
  ServiceAccount: { automountServiceAccountToken: null, ...LABEL },
  Role: { rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }] },
  RoleBinding: { subjects: [] },
  NetworkPolicy: { spec: { policyTypes: ["Ingress"], egress: null } },
  ResourceQuota: { spec: { hard: { pods: "1" } } },
  LimitRange: { spec: { limits: [{ type: "Container", default: { memory: "1Gi" } }] } },
  Secret: LABEL,
  ConfigMap: { data: { LOG_LEVEL: "trace", "redis.conf": "", "patroni.yml": "", "rabbitmq.conf": "" } },
  Service: LABEL,
  StatefulSet: { spec: { template: { spec: { terminationGracePeriodSeconds: 7 } } } },
  Deployment: { spec: { template: { spec: { terminationGracePeriodSeconds: 7 } } } },
  Job: LABEL,
  PodDisruptionBudget: { spec: { maxUnavailable: 3 } },
  HorizontalPodAutoscaler: { spec: { maxReplicas: 99 } },
};

/** Fields that the operator does not set, and that would change what the platform does. */
const ADDITIONS: Readonly<Record<string, unknown>> = {
  ConfigMap: { data: { ADDED: "by hand" } },
  Deployment: { spec: { template: { spec: { nodeSelector: { nowhere: "at-all" } } } } },
  HorizontalPodAutoscaler: { spec: { behavior: { scaleDown: { selectPolicy: "Disabled" } } } },
  NetworkPolicy: { spec: { policyTypes: ["Ingress", "Egress"], ingress: [{}], egress: [{}] } },
  ResourceQuota: { spec: { hard: { services: "0" } } },
  Service: { spec: { externalIPs: ["192.0.2.1"] } },
  StatefulSet: { spec: { template: { spec: { nodeSelector: { nowhere: "at-all" } } } } },
};

let bench: OperatorBench;
let operator: OperatorProcess;

const list = () => children(bench.kubectl, NAME);

beforeAll(async () => {
  bench = await startOperatorBench();
  operator = await bench.startOperator();
  const { kubectl } = bench;
  await kubectl.apply(platformManifest(NAME, { server: { autoscaling: { minReplicas: 2 } } }));
  await waitApplied(kubectl, NAME);
  // No kubelet runs here: pods are reported ready by hand, once, so that every kind of child comes into being.
  await eventually(
    async () => {
      await reportPostgreSQL();
      await reportPods(kubectl, "app.kubernetes.io/name=migrations", "Succeeded");
      const kinds = new Set((await list()).map(({ kind }) => kind));
      return Object.keys(EDITS).every((kind) => kinds.has(kind)) ? true : undefined;
    },
    { what: "the platform has a child of every kind", timeoutMs: 60_000 },
  );
});

afterAll(async () => {
  await bench?.stop();
});

describe("what is changed by hand is put right", () => {
  test("every child that is deleted comes back within seconds", async () => {
    const before = await list();
    // A namespace takes everything in it along, which is a test of its own.
    for (const child of before.filter(({ kind }) => kind !== "Namespace" && kind !== "Job")) {
      const { seconds } = await timed(async () => {
        await remove(child);
        await eventually(async () => isBack(child, await get(child)), wait(`${objectKey(child)} is back`));
      });
      expect(seconds, objectKey(child)).toBeLessThan(LONGEST_SECONDS);
    }
    expect(Object.keys(byKey(await list(), "uid"))).toEqual(Object.keys(byKey(before, "uid")));
  });

  test("a Job that is deleted runs again as soon as what it needs is ready", async () => {
    const [job] = (await list()).filter(({ kind }) => kind === "Job");
    if (job === undefined) throw new Error("there is no Job");
    await remove(job);
    await eventually(
      async () => {
        // The database's pod is a new one since its StatefulSet was deleted, and nobody but this test reports it.
        await reportPostgreSQL();
        return isBack(job, await get(job));
      },
      wait(`${objectKey(job)} is back`),
    );
  });

  test("every child that is edited has its content back within seconds", async () => {
    for (const child of await list()) {
      expect(await secondsToRestore(child, EDITS[child.kind]), objectKey(child)).toBeLessThan(LONGEST_SECONDS);
    }
  });

  test("what is added to a child is taken out again", async () => {
    for (const child of await list()) {
      const addition = ADDITIONS[child.kind];
      if (addition === undefined) continue;
      expect(await secondsToRestore(child, addition), objectKey(child)).toBeLessThan(LONGEST_SECONDS);
    }
  });

  test("a child whose labels are taken away is still known, and gets them back", async () => {
    // A Job that is out of sight may be gone, and is not made anew while the database that it needs is not ready.
    for (const child of (await list()).filter(({ kind }) => kind !== "Job")) {
      expect(await secondsToRestore(child, UNLABELLED), objectKey(child)).toBeLessThan(LONGEST_SECONDS);
    }
  });

  test("is counted, and told in Events with the fields and never with values", async () => {
    expect(await operator.metric('profileplatform_drift_corrections_total{kind="Role"}')).toBeGreaterThan(0);
    const notes = await eventually(
      async () => {
        const text = await bench.kubectl.run(["get", "events.events.k8s.io", "-n", "default", "-o", "json"]);
        const { items } = JSON.parse(text) as { items: { reason: string; note: string }[] };
        const found = items.filter(({ reason }) => reason === "DriftCorrected").map(({ note }) => note);
        return found.length > 0 ? found : undefined;
      },
      { what: "corrections are told in Events", timeoutMs: 10_000 },
    );
    expect(
      notes.every((note) => /^\w+ \S+ was (deleted|changed) by .+ and is (made again|put back)/.test(note)),
    ).toBe(true);
  });
});

test("a namespace that is deleted comes back with everything in it, and the same credentials", async () => {
  const { kubectl } = bench;
  const before = await list();
  await kubectl.run(["delete", "namespace", "data-layer", "--wait=false"]);
  // Finalizers of volumes in use hold a namespace for as long as their pods run; nobody ends pods here.
  await kubectl.run(["delete", "pods", "--all", "-n", "data-layer", "--force", "--grace-period=0", "--wait=false"]);
  await eventually(
    async () => {
      await kubectl.try(["delete", "pods", "--all", "-n", "data-layer", "--force", "--grace-period=0", "--wait=false"]);
      const now = byKey(await list(), "uid");
      const namespace = "Namespace data-layer";
      const whole = Object.keys(byKey(before, "uid")).every((key) => now[key] !== undefined);
      return whole && now[namespace] !== byKey(before, "uid")[namespace] ? true : undefined;
    },
    { what: "the namespace and everything in it are back", timeoutMs: 60_000 },
  );
  expect(secretData(await list())).toEqual(secretData(before));
});

async function reportPostgreSQL(): Promise<void> {
  const role = { "profileplatform.io/postgresql-role": "primary" };
  await reportPods(bench.kubectl, "app.kubernetes.io/name=postgresql", "Running", role);
}

function secretData(objects: readonly KubernetesObject[]): unknown {
  return Object.fromEntries(
    objects.filter(({ kind }) => kind === "Secret").map((secret) => [objectKey(secret), secret["data"]]),
  );
}

/** Edits an object and waits until it is exactly as it was. */
async function secondsToRestore(child: KubernetesObject, patch: unknown): Promise<number> {
  const { namespace, name } = child.metadata;
  expect(patch, `an edit of a ${child.kind} is written down`).toBeDefined();
  const target = [child.kind, name, ...(namespace === undefined ? [] : ["-n", namespace])];
  const { seconds } = await timed(async () => {
    await bench.kubectl.run(["patch", ...target, "--type=merge", "-p", JSON.stringify(patch)]);
    await eventually(
      async () => {
        expect(content(await get(child))).toEqual(content(child));
        return true;
      },
      wait(`${objectKey(child)} is as it was`),
    );
  });
  return seconds;
}

function wait(what: string) {
  return { what, timeoutMs: 20_000, everyMs: 50 };
}

function get({ kind, metadata: { name, namespace } }: KubernetesObject): Promise<KubernetesObject | undefined> {
  return bench.kubectl.get(kind, name, namespace);
}

async function remove({ kind, metadata: { name, namespace = "" } }: KubernetesObject): Promise<void> {
  await bench.kubectl.run(["delete", kind, name, "-n", namespace, "--wait=false", "--cascade=background"]);
}

function isBack(child: KubernetesObject, now: KubernetesObject | undefined): KubernetesObject | undefined {
  const isNew = now?.metadata.uid !== child.metadata.uid && now?.metadata.deletionTimestamp === undefined;
  if (now === undefined || !isNew) return undefined;
  expect(now["data"]).toEqual(child["data"]);
  return now;
}

/** What the operator decides of an object: everything but status and bookkeeping. */
function content(object: KubernetesObject | undefined): unknown {
  if (object === undefined) return undefined;
  const { status: _status, metadata, ...rest } = object;
  const { labels, name, namespace, ownerReferences } = metadata;
  return { ...rest, metadata: { labels, name, namespace, ownerReferences } };
}
