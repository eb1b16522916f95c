import type { KubernetesObject } from "@profile-platform/operator/kubernetes";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "../support/eventually.ts";
import { children, objectKey, ownedBy, platformManifest } from "../support/platform.ts";
import { type OperatorBench, startOperatorBench } from "./support/operator-bench.ts";
import type { OperatorProcess } from "./support/operator-process.ts";
import { waitApplied } from "./support/settled.ts";

let bench: OperatorBench;
let operator: OperatorProcess;

beforeAll(async () => {
  bench = await startOperatorBench();
  operator = await bench.startOperator();
});

afterAll(async () => {
  await bench?.stop();
});

/** No kubelet runs here that would end pods, and a namespace waits for its pods. */
async function endPods(namespace: string): Promise<void> {
  await bench.kubectl.try(["delete", "pods", "--all", "-n", namespace, "--force", "--grace-period=0", "--wait=false"]);
}

async function waitChildren(
  name: string,
  prefix: string,
  keys: readonly string[],
): Promise<readonly KubernetesObject[]> {
  return eventually(
    async () => {
      await endPods(`${prefix}data-layer`);
      const left = await children(bench.kubectl, name);
      expect(left.map(objectKey).sort()).toEqual([...keys].sort());
      return left.every(({ metadata }) => metadata.deletionTimestamp === undefined) ? left : undefined;
    },
    { what: `what is left of ${name} is what has to stay`, timeoutMs: 90_000 },
  );
}

const RETAINED = [
  "Namespace kept-data-layer",
  "Secret kept-data-layer/postgresql-credentials",
  "Secret kept-data-layer/rabbitmq-credentials",
  "Secret kept-data-layer/redis-credentials",
];

function volumes(name: string): Promise<readonly KubernetesObject[]> {
  return bench.kubectl.list("persistentvolumeclaims", ownedBy(name));
}

const isSigningKey = ({ metadata }: KubernetesObject) =>
  metadata.labels?.["profileplatform.io/signing-key"] !== undefined;

/** Of credentials: signing keys are nothing that a platform finds again. */
const secretData = (objects: readonly KubernetesObject[]) =>
  Object.fromEntries(
    objects
      .filter((object) => object.kind === "Secret" && !isSigningKey(object))
      .map((secret) => [objectKey(secret), secret["data"]]),
  );

test("with Retain, volumes, their credentials and their namespace stay, and the same manifest finds them again", async () => {
  const { kubectl } = bench;
  const manifest = platformManifest("kept", { namespacePrefix: "kept-", deletionPolicy: "Retain" });
  await kubectl.apply(manifest);
  await waitApplied(bench.api, "kept");
  const claims = await eventually(
    async () => {
      const found = await volumes("kept");
      return found.length === 3 ? found : undefined;
    },
    { what: "the data services have volumes", timeoutMs: 20_000 },
  );
  const all = await children(kubectl, "kept");
  const before = secretData(all);

  await kubectl.run(["delete", "profileplatform", "kept"]);
  const left = await waitChildren("kept", "kept-", RETAINED);
  expect(secretData(left)).toEqual(
    Object.fromEntries(Object.entries(before).filter(([key]) => RETAINED.includes(key))),
  );
  const uids = (objects: readonly KubernetesObject[]) => new Set(objects.map(({ metadata }) => metadata.uid));
  expect(uids(await volumes("kept"))).toEqual(uids(claims));

  await kubectl.apply(manifest);
  await waitApplied(bench.api, "kept");
  const again = await children(kubectl, "kept");
  expect(secretData(again)).toEqual(before);
  const [former, next] = [all, again].map((objects) => objects.filter(isSigningKey).map(objectKey));
  expect(next).toHaveLength(1);
  expect(next).not.toEqual(former);
  expect(uids(await volumes("kept"))).toEqual(uids(claims));
});

test("a change from Retain to Delete holds for what exists already", async () => {
  const { kubectl } = bench;
  await kubectl.run(["patch", "pp", "kept", "--type=merge", "-p", '{"spec":{"deletionPolicy":"Delete"}}']);
  await waitApplied(bench.api, "kept");
  await kubectl.run(["delete", "profileplatform", "kept"]);
  await waitChildren("kept", "kept-", []);
  expect(await volumes("kept")).toEqual([]);
});

test("with Delete, nothing stays, even while no operator runs", async () => {
  const { kubectl } = bench;
  await kubectl.apply(platformManifest("gone", { namespacePrefix: "gone-", deletionPolicy: "Delete" }));
  await waitApplied(bench.api, "gone");
  expect(await operator.stop()).toBe(0);
  await kubectl.run(["delete", "profileplatform", "gone"]);
  await waitChildren("gone", "gone-", []);
  expect(await volumes("gone")).toEqual([]);
  expect(await kubectl.get("profileplatform", "gone")).toBeUndefined();
});
