import type { KubernetesObject } from "@profile-platform/operator/kubernetes";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Kubelet, startKubelet } from "../../control-plane/support/kubelet.ts";
import { type OperatorBench, startOperatorBench } from "../../control-plane/support/operator-bench.ts";
import type { OperatorProcess } from "../../control-plane/support/operator-process.ts";
import { DEFINITIONS } from "../../control-plane/support/samples.ts";
import { waitReady } from "../../control-plane/support/settled.ts";
import { namespacesOf, readStates, secretsOf } from "../../control-plane/support/state.ts";
import { eventually } from "../../support/eventually.ts";
import { byKey, children, objectKey, platformManifest } from "../../support/platform.ts";

let bench: OperatorBench;
let kubelet: Kubelet;
let operator: OperatorProcess;

beforeAll(async () => {
  bench = await startOperatorBench();
  kubelet = startKubelet(bench.kubectl.kubeconfig);
  operator = await bench.startOperator();
});

afterAll(async () => {
  await kubelet?.stop();
  await bench?.stop();
});

type Policy = "Retain" | "Delete";

const manifest = (name: string, deletionPolicy: Policy) =>
  platformManifest(name, { namespacePrefix: `${name}-`, deletionPolicy, server: { replicas: 1 } });

async function make(name: string, deletionPolicy: Policy): Promise<void> {
  await bench.kubectl.apply(manifest(name, deletionPolicy));
  await waitReady(bench.api, name, 90_000);
}

function remove(name: string, cascade: string): Promise<string> {
  return bench.kubectl.run(["delete", "profileplatform", name, `--cascade=${cascade}`, "--wait=false"]);
}

/** Everything of the platform, labelled or not. */
async function stateOf(name: string): Promise<readonly KubernetesObject[]> {
  return (await readStates(bench.api, [name])).get(name)?.objects ?? [];
}

const RETAINED = ["Namespace -data-layer", ...["postgresql", "rabbitmq", "redis"].flatMap(retainedOf)];

function retainedOf(component: string): readonly string[] {
  return [`PersistentVolumeClaim -data-layer/data-${component}-0`, `Secret -data-layer/${component}-credentials`];
}

/** Waits until exactly this is left, and nothing of it is on its way out; returns what is left. */
async function untilLeft(name: string, keys: readonly string[]): Promise<readonly string[]> {
  const namespaces = keys.filter((key) => key.startsWith("Namespace "));
  return eventually(
    async () => {
      // Whole states are worth reading only when nothing else is awaited.
      expect(await namespacesOf(bench.api, [name])).toHaveLength(namespaces.length);
      const left = await stateOf(name);
      const found = left.map((object) => objectKey(object).replaceAll(` ${name}-`, " -")).sort();
      expect(found).toEqual([...keys].sort());
      expect(left.filter(({ metadata }) => metadata.deletionTimestamp !== undefined).map(objectKey)).toEqual([]);
      return found;
    },
    { what: `what is left of ${name} is what has to stay`, timeoutMs: 90_000 },
  );
}

const WAYS = (["Delete", "Retain"] as const).flatMap((policy) =>
  ["background", "foreground"].map((cascade) => [cascade, policy] as const),
);

describe.each([
  ["while the operator works", "works"],
  ["while no operator runs", "away"],
] as const)("%s", (_when, mode) => {
  const name = (cascade: string, policy: Policy) => `${policy}-${cascade}-${mode}`.toLowerCase();

  beforeAll(async () => {
    await Promise.all(WAYS.map(([cascade, policy]) => make(name(cascade, policy), policy)));
    if (mode === "away") expect(await operator.stop()).toBe(0);
  });

  afterAll(async () => {
    if (mode === "away") operator = await bench.startOperator();
  });

  test.concurrent.each(WAYS)("a %s deletion with %s leaves what it has to, and no more", async (cascade, policy) => {
    await remove(name(cascade, policy), cascade);
    const left = policy === "Delete" ? [] : RETAINED;
    expect(await untilLeft(name(cascade, policy), left)).toHaveLength(left.length);
  });
});

test.concurrent("an orphaning deletion leaves everything, and the same manifest takes it back as it is", async () => {
  const name = "orphan";
  await make(name, "Delete");
  const before = await children(bench.kubectl, name);
  await remove(name, "orphan");
  await eventually(
    async () => {
      const left = await stateOf(name);
      const owners = left.flatMap(({ metadata: { ownerReferences = [] } }) => ownerReferences);
      expect(owners.filter(({ kind }) => kind === "ProfilePlatform")).toEqual([]);
      expect(left.map(({ kind }) => kind)).not.toContain("ProfilePlatform");
      return true;
    },
    { what: "nothing has the platform as its owner", timeoutMs: 60_000 },
  );
  await make(name, "Delete");
  expect(byKey(await children(bench.kubectl, name), "uid")).toEqual(byKey(before, "uid"));
  await remove(name, "background");
  await untilLeft(name, []);
});

describe("a platform that is deleted in the middle of its first apply", () => {
  test.concurrent.each([1, 5, 15, 30, 45])("after %i objects leaves nothing", async (count) => {
    const name = `early-${count}`;
    await begin(name, count);
    await remove(name, "background");
    expect(await untilLeft(name, [])).toEqual([]);
  });

  test.concurrent("and made again at once under its name becomes Ready, with nothing of the former one", async () => {
    const name = "again";
    await begin(name, 20);
    await remove(name, "background");
    await make(name, "Delete");
    const state = await stateOf(name);
    const uid = state.find(({ kind }) => kind === "ProfilePlatform")?.metadata.uid;
    const owners = state.flatMap(({ metadata }) => metadata.ownerReferences ?? []);
    expect(new Set(owners.filter(({ kind }) => kind === "ProfilePlatform").map((owner) => owner.uid))).toEqual(
      new Set([uid]),
    );
    expect(state.filter(({ metadata }) => metadata.deletionTimestamp !== undefined)).toEqual([]);
  });

  async function begin(name: string, count: number): Promise<void> {
    await bench.kubectl.apply(manifest(name, "Delete"));
    await eventually(async () => (await stateOf(name)).length > count || undefined, {
      what: `${count} objects of ${name} are made`,
      timeoutMs: 60_000,
      everyMs: 5,
    });
  }
});

describe("a namespace that is deleted by hand", () => {
  test.concurrent.each(["server-layer", "data-layer"])(
    "%s comes back with everything in it, and the same credentials",
    async (layer) => {
      const name = `bare-${layer}`;
      await make(name, "Retain");
      const before = await stateOf(name);
      const lost = before.find((object) => objectKey(object) === `Namespace ${name}-${layer}`);
      await bench.kubectl.run(["delete", "namespace", `${name}-${layer}`, "--wait=false"]);
      const after = await eventually(
        async () => {
          const state = await stateOf(name);
          const found = state.find((object) => objectKey(object) === `Namespace ${name}-${layer}`);
          expect(found?.metadata.uid).not.toBe(lost?.metadata.uid);
          expect(state.map(objectKey).sort()).toEqual(before.map(objectKey).sort());
          expect(state.filter(({ metadata }) => metadata.deletionTimestamp !== undefined)).toEqual([]);
          return state;
        },
        { what: `everything of ${name} is back`, timeoutMs: 60_000 },
      );
      expect(secretsOf({ platform: name, objects: after })).toEqual(secretsOf({ platform: name, objects: before }));
      await waitReady(bench.api, name, 90_000);
    },
  );
});

test("without its definition, every platform goes as its policy says, and a new definition is served at once", async () => {
  const { kubectl } = bench;
  await Promise.all([make("kept", "Retain"), make("gone", "Delete")]);
  const secrets = await credentialsOf("kept");
  await kubectl.run(["delete", "customresourcedefinition", "profileplatforms.profileplatform.io", "--wait=false"]);
  await eventually(async () => ((await kubectl.try(["get", "profileplatforms"])).code === 0 ? undefined : true), {
    what: "the definition is gone",
    timeoutMs: 60_000,
  });
  await untilLeft("gone", []);
  await untilLeft("kept", RETAINED);
  await kubectl.run(["create", ...DEFINITIONS.slice(0, 1).flatMap((file) => ["-f", file])]);
  await eventually(
    async () =>
      (await kubectl.try(["apply", "-f", "-"], JSON.stringify(manifest("kept", "Retain")))).code === 0 || undefined,
    {
      what: "platforms can be made again",
      timeoutMs: 30_000,
    },
  );
  await waitReady(bench.api, "kept", 60_000);
  expect(await credentialsOf("kept")).toEqual(secrets);
});

/** What outlives a platform; signing keys do not. */
async function credentialsOf(name: string): Promise<Readonly<Record<string, unknown>>> {
  const isKey = ({ metadata }: KubernetesObject) => metadata.labels?.["profileplatform.io/signing-key"] !== undefined;
  return secretsOf({ platform: name, objects: (await stateOf(name)).filter((object) => !isKey(object)) });
}
