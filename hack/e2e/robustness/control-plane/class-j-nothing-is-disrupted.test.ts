import type { KubernetesObject } from "@profile-platform/operator/kubernetes";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ClassBench, startClassBench } from "../../control-plane/support/class-bench.ts";
import { account, waitAtRest, waitIdle } from "../../control-plane/support/idle.ts";
import { type KubeApi, platformRef } from "../../control-plane/support/kube-api.ts";
import { fullSpec } from "../../control-plane/support/schema/specs.ts";
import { byKey, platformManifest } from "../../support/platform.ts";

const NAME = "calm";
const SPEC = fullSpec("calm-");
const THEIRS = { "example.com/looked-at": "again" };

let bench: ClassBench;
let api: KubeApi;

beforeAll(async () => {
  bench = await startClassBench();
  ({ api } = bench);
  await bench.bench.kubectl.apply(platformManifest(NAME, SPEC));
  await bench.waitReady(NAME);
  await waitAtRest(api, bench.operator, NAME);
});

afterAll(async () => {
  await bench?.stop();
});

/** Pods with the hash of their template, and every child with its version. */
async function state(): Promise<{ pods: unknown; templates: unknown; children: unknown }> {
  const pods = await api.pods(NAME);
  expect(pods.length).toBeGreaterThanOrEqual(6);
  const hash = ({ metadata: { labels } }: KubernetesObject) =>
    labels?.["pod-template-hash"] ?? labels?.["controller-revision-hash"];
  return {
    pods: byKey(pods, "uid"),
    templates: pods.map((pod) => `${pod.metadata.name} ${hash(pod) ?? ""}`).sort(),
    children: byKey(await api.children(NAME), "resourceVersion"),
  };
}

test("the same manifest applied again writes nothing", async () => {
  const before = [await state(), await account(bench.operator)];
  expect(await bench.bench.kubectl.apply(platformManifest(NAME, SPEC))).toContain("unchanged");
  await waitIdle(bench.operator);
  expect([await state(), await account(bench.operator)]).toEqual(before);
});

test("a label and an annotation on the platform make the operator look, and write nothing", async () => {
  const [before, { reconciles, writes }] = [await state(), await account(bench.operator)];
  await api.patch(platformRef(NAME), { metadata: { labels: THEIRS, annotations: THEIRS } });
  await waitIdle(bench.operator);
  expect(await state()).toEqual(before);
  const after = await account(bench.operator);
  expect(after.reconciles).toBeGreaterThan(reconciles);
  expect(after.writes).toBe(writes);
});

test("a label and an annotation of others on every child restart nothing, and nothing is written after them", async () => {
  const { pods, templates } = await state();
  const { writes } = await account(bench.operator);
  const edited: KubernetesObject[] = [];
  for (const child of await api.children(NAME)) {
    edited.push(await api.patch(child, { metadata: { labels: THEIRS, annotations: THEIRS } }));
  }
  await waitIdle(bench.operator);
  const after = await state();
  expect(after).toMatchObject({ pods, templates });
  // Kubernetes' own controller hands a Deployment's annotations on, and notes that it did.
  const quiet = edited.filter(({ kind }) => kind !== "Deployment");
  expect(after.children).toMatchObject(byKey(quiet, "resourceVersion"));
  // One look for each change, which changes nothing: the operator asks the API server whether its own fields are still its
  // own. A Deployment is changed twice, the second time by Kubernetes' own controller.
  const changes = edited.length + (edited.length - quiet.length);
  expect((await account(bench.operator)).writes - writes).toBeLessThanOrEqual(changes);
  console.log(`${edited.length} children labelled and annotated by somebody else`);
});

test("a restart of the operator restarts nothing and changes no child", async () => {
  const before = await state();
  await bench.restartOperator();
  await waitIdle(bench.operator);
  expect(await state()).toEqual(before);
  // That it looked at all: it puts right what is changed now.
  expect((await account(bench.operator)).reconciles).toBeGreaterThan(0);
});
