import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { KubernetesObject } from "@profile-platform/operator/kubernetes";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ClassBench, startClassBench, waitCondition } from "../../control-plane/support/class-bench.ts";
import { type KubeApi, platformRef, typeOf } from "../../control-plane/support/kube-api.ts";
import type { Verdict } from "../../control-plane/support/pod-reporter.ts";
import { msToRestore } from "../../control-plane/support/restored.ts";
import { type Field, fieldsOf, leavesOf } from "../../control-plane/support/schema/fields.ts";
import {
  mergePatch,
  patchOf,
  plainSpec,
  presence,
  type Spec,
  stored,
} from "../../control-plane/support/schema/specs.ts";
import { effects, snapshot } from "../../control-plane/support/snapshot.ts";
import { eventually } from "../../support/eventually.ts";
import { condition, objectKey, ownedBy } from "../../support/platform.ts";

const SICK = "sick";
const NEIGHBOUR = "neighbour";
const LONGEST_MS = 1_000;
const leaves = leavesOf(fieldsOf());

/** More than any node has, as the API server writes it. */
const TOO_MUCH: Readonly<Record<string, string>> = { cpu: "1M", memory: "800T", size: "900T" };
const NO_CLASS = "no-such-class";
const NO_IMAGE = "registry.invalid/no-such-image:1";
const TAKEN_PORT = 31_000;

const isRequest = ({ path }: Field) => /\.resources\.requests\.\w+$/.test(path);
const isStorage = ({ path }: Field) => /\.storage\.\w+$/.test(path);
const isNodePort = ({ path }: Field) => path === "spec.server.exposure.nodePort";

let bench: ClassBench;
let api: KubeApi;
let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "profile-platform-images-"));
  bench = await startClassBench(judge);
  ({ api } = bench);
  await Promise.all([SICK, NEIGHBOUR].map((name) => bench.createReady(name, plainSpec(`${name}-`))));
});

afterAll(async () => {
  delete process.env["PROFILE_PLATFORM_IMAGES"];
  await bench?.stop();
  await rm(dir, { recursive: true });
});

/** What scheduler and kubelets of a cluster of ordinary nodes would say. */
async function judge(pod: KubernetesObject): Promise<Verdict> {
  const { containers, volumes = [] } = pod["spec"] as PodSpec;
  if (containers.some(({ image }) => image === NO_IMAGE)) return { kind: "no-image" };
  for (const resource of ["cpu", "memory"]) {
    if (containers.some(({ resources }) => resources.requests[resource] === TOO_MUCH[resource])) {
      return { kind: "unschedulable", message: `0/3 nodes are available: 3 Insufficient ${resource}.` };
    }
  }
  for (const { persistentVolumeClaim } of volumes) {
    if (persistentVolumeClaim === undefined || (await isBindable(persistentVolumeClaim.claimName, pod))) continue;
    const message = "0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims.";
    return { kind: "unschedulable", message };
  }
  return { kind: "runs" };
}

interface PodSpec {
  readonly containers: readonly { image: string; resources: { requests: Readonly<Record<string, string>> } }[];
  readonly volumes?: readonly { persistentVolumeClaim?: { claimName: string } }[];
}

async function isBindable(name: string, { metadata: { namespace = "" } }: KubernetesObject): Promise<boolean> {
  const claim = await api.get({ apiVersion: "v1", kind: "PersistentVolumeClaim", metadata: { namespace, name } });
  const spec = claim?.["spec"] as
    | { storageClassName?: string; resources: { requests: { storage: string } } }
    | undefined;
  return spec?.storageClassName !== NO_CLASS && spec?.resources.requests.storage !== TOO_MUCH["size"];
}

/** The neighbour is looked after as fast as ever, and is Ready. */
async function expectNeighbourUnaffected(): Promise<void> {
  const children = await api.children(NEIGHBOUR);
  for (const kind of ["ConfigMap", "Service"]) {
    const child = children.find((one) => one.kind === kind) as KubernetesObject;
    const ms = await msToRestore(api, child, () => api.remove(child), { anew: true });
    expect(ms, objectKey(child)).toBeLessThanOrEqual(LONGEST_MS);
  }
  expect(condition(await api.platform(NEIGHBOUR), "Ready")?.status).toBe("True");
}

describe("a value that cannot be satisfied is told, hurts no other platform, and is forgotten when it is taken back", () => {
  test.each(leaves.filter(isRequest))("$path: more than any node has", async (leaf) => {
    const { component, resource } = { component: leaf.steps[1] ?? "", resource: leaf.steps.at(-1) ?? "" };
    const amount = TOO_MUCH[resource];
    const huge = { resources: { requests: { [resource]: amount }, limits: { [resource]: amount } } };
    await expectRecovery({ [component]: huge }, { [component]: { resources: null } }, `no node takes pod ${component}`);
  });

  test.each(leaves.filter(isNodePort))("$path: a port that another Service has", async (leaf) => {
    await api.create({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "theirs", namespace: "default" },
      spec: { type: "NodePort", ports: [{ port: 80, nodePort: TAKEN_PORT }] },
    });
    const patch = mergePatch(presence(leaf), patchOf(leaf, TAKEN_PORT)) as Spec;
    await expectRecovery(patch, { server: { exposure: null } }, `nodePort.*${TAKEN_PORT}.*already allocated`);
  });
});

describe("a new platform without a volume that can be had", () => {
  const platforms = leaves.filter(isStorage).map((leaf) => {
    const [, component = ""] = leaf.steps;
    const field = leaf.steps.at(-1) ?? "";
    const name = `new-${component}-${field.toLowerCase()}`;
    const good = { ...plainSpec(`${name}-`), deletionPolicy: "Delete" };
    const bad = mergePatch(stored(good), patchOf(leaf, field === "size" ? TOO_MUCH["size"] : NO_CLASS));
    return { path: leaf.path, name, component, good, bad };
  });

  const removeAll = () => Promise.all(platforms.map(({ name }) => api.remove(platformRef(name))));

  beforeAll(async () => {
    await Promise.all(platforms.map(({ name, bad }) => api.createPlatform(name, bad)));
  });

  test.each(platforms)("$path: says so, and hurts no other platform", async ({ name, component }) => {
    await waitCondition(api, name, "Ready", "False", new RegExp(`no node takes pod ${component}-0`));
    await expectNeighbourUnaffected();
  });

  // The claim cannot be changed: the way back is another platform.
  describe("that was removed and made again with one", () => {
    beforeAll(async () => {
      await removeAll();
      await Promise.all(platforms.map(({ name }) => expectGone(name)));
      await Promise.all(platforms.map(({ name, good }) => api.createPlatform(name, good)));
    });

    afterAll(removeAll);

    test.each(platforms)("$path: is Ready", async ({ name }) => {
      expect(condition(await bench.waitReady(name), "Applied")?.status).toBe("True");
    });
  });
});

test("an image that cannot be had is told by the first platform that gets it, the next one is spared", async () => {
  const names = [SICK, NEIGHBOUR];
  const before = await Promise.all(names.map((name) => snapshot(api, name)));
  const images = join(dir, "images.json");
  await writeFile(images, JSON.stringify({ redis: NO_IMAGE }));
  process.env["PROFILE_PLATFORM_IMAGES"] = images;
  try {
    await bench.restartOperator();
    const message = /redis: .*pod redis-0 cannot get its image registry\.invalid/;
    // Either of them may be first in the line.
    const first = await eventually(
      async () => {
        for (const name of names) {
          const ready = condition(await api.platform(name), "Ready");
          if (ready?.status === "False" && message.test(ready.message)) return name;
        }
        return undefined;
      },
      { what: "one of the platforms tells of its image", timeoutMs: 30_000, everyMs: 50 },
    );
    for (const name of names) {
      if (name !== first) await waitCondition(api, name, "Applied", "False", new RegExp(`after platform ${first}`));
    }
  } finally {
    delete process.env["PROFILE_PLATFORM_IMAGES"];
  }
  await bench.restartOperator();
  await Promise.all(names.map((name) => bench.waitReady(name)));
  const after = await Promise.all(names.map((name) => snapshot(api, name)));
  expect(after.flatMap((objects, index) => effects(before[index] ?? objects, objects))).toEqual([]);
});

test("a quota of somebody else that leaves no room is told, and forgotten when it is taken away", async () => {
  const quota = {
    apiVersion: "v1",
    kind: "ResourceQuota",
    metadata: { name: "theirs", namespace: `${SICK}-server-layer` },
    spec: { hard: { pods: "1" } },
  };
  await api.create(quota);
  await api.patchPlatform(SICK, { worker: { replicas: 3 } });
  await waitCondition(api, SICK, "Ready", "False", /worker: .*exceeded quota: theirs/);
  await expectNeighbourUnaffected();
  await api.remove(quota);
  await api.patchPlatform(SICK, { worker: null });
  await bench.waitReady(SICK);
});

async function expectRecovery(bad: Spec, good: Spec, message: string): Promise<void> {
  const before = await snapshot(api, SICK);
  await api.patchPlatform(SICK, bad);
  await waitCondition(api, SICK, "Ready", "False", new RegExp(message));
  await expectNeighbourUnaffected();
  await api.patchPlatform(SICK, good);
  await bench.waitReady(SICK);
  expect(effects(before, await snapshot(api, SICK))).toEqual([]);
}

/** Kubernetes empties namespaces in rounds of five seconds and more. */
async function expectGone(name: string): Promise<void> {
  await eventually(
    async () => {
      // Everything is worth reading only when nothing else is awaited.
      expect((await api.list(typeOf("Namespace"), ownedBy(name))).map(objectKey)).toEqual([]);
      expect((await api.children(name)).map(objectKey)).toEqual([]);
      return true;
    },
    { what: `nothing is left of ${name}`, timeoutMs: 150_000 },
  );
}
