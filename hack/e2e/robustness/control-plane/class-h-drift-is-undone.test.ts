import { isDeepStrictEqual } from "node:util";
import { APPLIED_TYPES } from "@profile-platform/operator/kinds";
import type { KubernetesObject } from "@profile-platform/operator/kubernetes";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ClassBench, startClassBench, waitReady } from "../../control-plane/support/class-bench.ts";
import { editsOf } from "../../control-plane/support/edits.ts";
import { type KubeApi, refusalOf } from "../../control-plane/support/kube-api.ts";
import { type OwnedField, ownedFields } from "../../control-plane/support/owned-fields.ts";
import { msToRestore, Restorations } from "../../control-plane/support/restored.ts";
import { fullSpec } from "../../control-plane/support/schema/specs.ts";
import { effects, snapshot } from "../../control-plane/support/snapshot.ts";
import { content } from "../../support/content.ts";
import { ADDITIONS } from "../../support/drift.ts";
import { eventually } from "../../support/eventually.ts";
import { byKey, objectKey } from "../../support/platform.ts";

const NAME = "drift";
const LONGEST_MS = 1_000;
/** One in thirty meets the moment. */
const TIMES = 100;

let bench: ClassBench;
let api: KubeApi;

beforeAll(async () => {
  bench = await startClassBench();
  ({ api } = bench);
  await bench.createReady(NAME, fullSpec("drift-"));
});

afterAll(async () => {
  await bench?.stop();
});

/** A Job starts anew only when the database is ready, and a data service that is deleted needs a moment for that. */
const rank = ({ kind }: KubernetesObject) => (kind === "Job" ? 0 : kind === "StatefulSet" ? 2 : 1);
const inOrder = (children: readonly KubernetesObject[]) => [...children].sort((a, b) => rank(a) - rank(b));

test("a platform with all that can be left out has a child of every kind that the operator writes", async () => {
  const kinds = new Set((await api.children(NAME)).map(({ kind }) => kind));
  expect([...kinds].sort()).toEqual(APPLIED_TYPES.map(({ kind }) => kind).sort());
});

describe("what is changed by hand is put right within a second", () => {
  test("every child that is deleted is made again as it was", async () => {
    const before = await snapshot(api, NAME);
    const children = inOrder(await api.children(NAME)).filter(({ kind }) => kind !== "Namespace");
    const restorations = new Restorations();
    for (const child of children) {
      restorations.add(objectKey(child), await msToRestore(api, child, () => api.remove(child), { anew: true }));
    }
    console.log(`deleted and back: ${restorations.describe(children.length)}`);
    expect(restorations.slowerThan(LONGEST_MS)).toEqual([]);
    await waitReady(api, NAME);
    const after = effects(before, await snapshot(api, NAME));
    expect(after.filter(({ what }) => what !== "is another one")).toEqual([]);
    expect(after.length, "children that are new").toBe(children.length);
  });

  test("a Service with a node port, which Kubernetes may give back only when the Service is gone already", async () => {
    const service = (await api.children(NAME)).find(
      ({ kind, metadata }) => kind === "Service" && metadata.name === "server",
    );
    if (service === undefined) throw new Error("there is no Service of the server");
    expect(service["spec"]).toMatchObject({ type: "NodePort" });
    const restorations = new Restorations();
    for (let time = 1; time <= TIMES; time++) {
      const now = (await api.get(service)) ?? service;
      restorations.add(`the ${time}th time`, await msToRestore(api, now, () => api.remove(now), { anew: true }));
    }
    console.log(`Service deleted and back: ${restorations.describe(TIMES)}`);
    expect(restorations.slowerThan(LONGEST_MS)).toEqual([]);
  });

  test("every field that the operator sets gets its value back, in every kind, and in every child at least one", async () => {
    const restorations = new Restorations();
    const seen = new Set<string>();
    const refused = new Set<string>();
    const untouched: string[] = [];
    for (const child of await api.children(NAME)) {
      const fields = ownedFields(child).filter(({ pointer }) => !pointer.startsWith("/metadata/ownerReferences"));
      const fresh = fields.filter(({ fieldClass }) => !seen.has(fieldClass));
      let edited = 0;
      for (const field of fresh) {
        seen.add(field.fieldClass);
        const ms = await editAndRestore(child, field);
        if (ms === undefined) refused.add(field.fieldClass);
        else restorations.add(`${objectKey(child)} ${field.pointer}`, ms);
        edited += ms === undefined ? 0 : 1;
      }
      // What is like another one is edited in one place.
      for (const field of fields) {
        if (edited > 0) break;
        const ms = await editAndRestore(child, field);
        if (ms !== undefined) restorations.add(`${objectKey(child)} ${field.pointer}`, ms);
        edited += ms === undefined ? 0 : 1;
      }
      if (edited === 0) untouched.push(objectKey(child));
    }
    console.log(
      `edited and back: ${restorations.describe(restorations.count)}; ` +
        `${seen.size} kinds of fields, of which ${refused.size} take no other value`,
    );
    expect(untouched).toEqual([]);
    expect(restorations.slowerThan(LONGEST_MS)).toEqual([]);
    await waitReady(api, NAME);
  });

  test("what is added to a part of a child that is the operator's alone is taken out again", async () => {
    const children = (await api.children(NAME)).filter(({ kind }) => ADDITIONS[kind] !== undefined);
    const restorations = new Restorations();
    for (const child of children) {
      const ms = await msToRestore(api, child, () => api.patch(child, ADDITIONS[child.kind]));
      restorations.add(objectKey(child), ms);
    }
    console.log(`added to and cleaned: ${restorations.describe(children.length)}`);
    expect(new Set(children.map(({ kind }) => kind))).toEqual(new Set(Object.keys(ADDITIONS)));
    expect(restorations.slowerThan(LONGEST_MS)).toEqual([]);
  });

  test.each([
    ["labels", { metadata: { labels: null } }],
    ["owner references", { metadata: { ownerReferences: null } }],
  ])("a child whose %s are taken away is still known, and gets them back", async (_what, patch) => {
    await waitReady(api, NAME);
    const children = await api.children(NAME);
    const restorations = new Restorations();
    for (const child of children) {
      restorations.add(objectKey(child), await msToRestore(api, child, () => api.patch(child, patch)));
    }
    console.log(`${_what} taken away and back: ${restorations.describe(children.length)}`);
    expect(restorations.slowerThan(LONGEST_MS)).toEqual([]);
  });

  test("is counted, and told in Events with the fields and never with values", async () => {
    expect(await bench.operator.metric('profileplatform_drift_corrections_total{kind="Role"}')).toBeGreaterThan(0);
    const notes = await eventually(
      async () => {
        const text = await bench.bench.kubectl.run(["get", "events.events.k8s.io", "-n", "default", "-o", "json"]);
        const { items } = JSON.parse(text) as { items: { reason: string; note: string }[] };
        const found = items.filter(({ reason }) => reason === "DriftCorrected").map(({ note }) => note);
        return found.length > 0 ? found : undefined;
      },
      { what: "corrections are told in Events", timeoutMs: 10_000 },
    );
    const told = /^\w+ \S+ was (deleted|changed) by .+ and is (made again|put back)/;
    expect(notes.filter((note) => !told.test(note))).toEqual([]);
  });
});

describe("what belongs to others stays", () => {
  const THEIRS = { "example.com/theirs": "untouched" };
  const PUT_RIGHT = { metadata: { labels: { "app.kubernetes.io/part-of": "something-else" } } };

  test("labels and annotations of others, on every child, while the operator's own are put right", async () => {
    for (const child of await api.children(NAME)) {
      const theirs = await api.patch(child, { metadata: { labels: THEIRS, annotations: THEIRS } });
      await msToRestore(api, theirs, () => api.patch(child, PUT_RIGHT));
    }
    const marked = (await api.children(NAME)).filter(({ metadata: { labels, annotations } }) =>
      [labels, annotations].every((map) => map?.["example.com/theirs"] === "untouched"),
    );
    expect(marked.length).toBe((await api.children(NAME)).length);
  });

  test("the annotation by which kubectl rollout restart restarts pods", async () => {
    const at = { "kubectl.kubernetes.io/restartedAt": "2026-01-31T12:00:00Z" };
    const workloads = (await api.children(NAME)).filter(({ kind }) => kind === "Deployment" || kind === "StatefulSet");
    for (const child of workloads) {
      const restarted = await api.patch(child, { spec: { template: { metadata: { annotations: at } } } });
      await msToRestore(api, restarted, () => api.patch(child, PUT_RIGHT));
    }
    const names = ({ kind, metadata }: KubernetesObject) => `${kind} ${metadata.name}`;
    expect(workloads.map(names).sort()).toEqual([
      "Deployment server",
      "Deployment worker",
      "StatefulSet postgresql",
      "StatefulSet postgresql-repository",
      "StatefulSet rabbitmq",
      "StatefulSet redis",
    ]);
    await waitReady(api, NAME);
  });

  test("the number of pods that an autoscaler chose", async () => {
    const server = (await api.children(NAME)).find(
      ({ kind, metadata }) => kind === "Deployment" && metadata.name === "server",
    );
    if (server === undefined) throw new Error("there is no Deployment of the server");
    const scale = { spec: { replicas: 3 } };
    await api.patch(server, scale, { subresource: "scale", fieldManager: "kube-controller-manager" });
    await msToRestore(api, server, () => api.patch(server, PUT_RIGHT));
    expect((await api.get(server))?.["spec"]).toMatchObject({ replicas: 3 });
  });
});

test("a namespace that is deleted comes back with everything in it, and the same credentials", async () => {
  const before = await snapshot(api, NAME);
  const namespaces = (await api.children(NAME)).filter(({ kind }) => kind === "Namespace");
  const uids = byKey(namespaces, "uid");
  for (const namespace of namespaces) {
    const started = performance.now();
    await api.remove(namespace);
    await eventually(
      async () => {
        const now = await snapshot(api, NAME);
        const left = effects(before, now).filter(({ what }) => what !== "is another one");
        return left.length === 0 && now.get(objectKey(namespace))?.uid !== uids[objectKey(namespace)]
          ? true
          : undefined;
      },
      { what: `${objectKey(namespace)} and everything in it are back`, timeoutMs: 60_000 },
    );
    await waitReady(api, NAME);
    console.log(`${objectKey(namespace)} and everything in it: ${Math.round(performance.now() - started)} ms`);
  }
});

/** Milliseconds until an edit of the field was undone; undefined when Kubernetes lets nobody edit it. */
async function editAndRestore(child: KubernetesObject, field: OwnedField): Promise<number | undefined> {
  for (const edit of editsOf(field)) {
    const before = (await api.get(child)) ?? child;
    const change = (dryRun: boolean) =>
      api.patch(child, [edit], { contentType: "application/json-patch+json", dryRun });
    let would: KubernetesObject | undefined;
    const refused = await refusalOf(change(true).then((answer) => (would = answer)));
    if (refused !== undefined || isDeepStrictEqual(content(would), content(before))) continue;
    try {
      return await msToRestore(api, before, () => change(false));
    } catch (error) {
      throw new Error(`while ${JSON.stringify(edit)} is undone`, { cause: error });
    }
  }
  return undefined;
}
