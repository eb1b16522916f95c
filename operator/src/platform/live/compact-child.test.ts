import { expect, test } from "vitest";
import { Store } from "../../engine/cache/store.ts";
import type { KubernetesObject } from "../../kubernetes.ts";
import { ANNOTATION_SPEC_HASH } from "../../labels.ts";
import { plan } from "../plan/plan.ts";
import { child, modelOfSpec } from "../testing.ts";
import { makeCompactChild } from "./compact-child.ts";
import { APPLIED_TYPES, CHILD_KINDS, isMetadataOnly } from "./kinds.ts";

const compact = makeCompactChild();
const WANTED = plan(modelOfSpec({ server: { autoscaling: { minReplicas: 2 } } })).flatMap(({ objects }) => objects);

/** Everything that was kept of an object, as text. */
const textOf = (object: KubernetesObject) => JSON.stringify(object);

test("the plan has every kind that is applied", () => {
  expect([...new Set(WANTED.map(({ kind }) => kind))].sort()).toEqual(APPLIED_TYPES.map(({ kind }) => kind).sort());
});

test("of what a platform consists of, memory holds no value of a Secret and nothing that a ConfigMap says", () => {
  const store = new Store({}, () => undefined);
  for (const object of WANTED) store.set(compact(object));
  const kept = store.list().map(textOf).join("\n");
  const values = WANTED.filter(({ kind }) => kind === "Secret" || kind === "ConfigMap").flatMap(({ data }) =>
    Object.values(data as Readonly<Record<string, string>>),
  );
  expect(values.length).toBeGreaterThan(20);
  // Short ones, such as a user's name, may be somebody's label.
  expect(values.filter((value) => value.length > 20 && kept.includes(value))).toEqual([]);
  for (const object of store.list()) {
    expect(Object.keys(object), object.kind).not.toContain("data");
  }
});

test("what was written and what is then heard of it are one in memory, and a later state is another", () => {
  const compactOne = makeCompactChild();
  const answer = child("ConfigMap", "a", { uid: "1", resourceVersion: "7" });
  const written = compactOne.answer(answer);
  expect(compactOne(structuredClone(answer), "ConfigMap")).toBe(written);
  expect(compactOne(child("ConfigMap", "a", { uid: "1", resourceVersion: "8" }))).not.toBe(written);
  expect(compactOne(child("ConfigMap", "a", { uid: "2", resourceVersion: "7" }))).not.toBe(written);
});

test("the event by which an object leaves a watch tells the former state: a look at the version finds the real one", () => {
  const compactOne = makeCompactChild();
  const former = child("Secret", "a", { uid: "1", resourceVersion: "8" });
  compactOne(former);
  const { labels: _labels, ...metadata } = former.metadata;
  expect(compactOne({ ...former, metadata }).metadata.labels).toBeUndefined();
});

test("what is kept of each kind", () => {
  const condition = { type: "t", status: "s", reason: "r", message: "m" };
  const container = { name: "n", image: "i" };
  const containerStatus = {
    name: "n",
    state: { waiting: { reason: "r", message: "m" } },
    lastState: { terminated: { reason: "r", exitCode: 1 } },
  };
  const live = (kind: string, fields: object): KubernetesObject => ({
    ...child(kind, "a", { annotations: { [ANNOTATION_SPEC_HASH]: "h", "example.com/other": "o" } }),
    data: { a: "b" },
    ...fields,
  });
  const fields = {
    spec: {
      replicas: 3,
      paused: true,
      initContainers: [{ ...container, env: [] }],
      containers: [{ ...container, env: [] }],
    },
    status: {
      observedGeneration: 1,
      replicas: 3,
      readyReplicas: 2,
      updatedReplicas: 1,
      availableReplicas: 1,
      failed: 4,
      succeeded: 5,
      podIP: "10.0.0.1",
      conditions: [{ ...condition, lastTransitionTime: "now" }],
      initContainerStatuses: [{ ...containerStatus, restartCount: 1 }],
      containerStatuses: [{ ...containerStatus, restartCount: 1 }],
    },
  };
  const kept = (kind: string) => {
    const { apiVersion: _apiVersion, kind: _kind, metadata, ...rest } = JSON.parse(textOf(compact(live(kind, fields))));
    return { ...rest, annotations: metadata.annotations };
  };
  const annotations = { [ANNOTATION_SPEC_HASH]: "h" };
  const workload = {
    annotations,
    spec: { replicas: 3 },
    status: { observedGeneration: 1, replicas: 3, readyReplicas: 2, updatedReplicas: 1, conditions: [condition] },
  };
  const special: Readonly<Record<string, object>> = {
    StatefulSet: workload,
    Deployment: workload,
    Job: { annotations, status: { failed: 4, conditions: [condition] } },
    Pod: {
      spec: { initContainers: [container], containers: [container] },
      status: {
        conditions: [condition],
        initContainerStatuses: [containerStatus],
        containerStatuses: [containerStatus],
      },
    },
  };
  for (const { type } of CHILD_KINDS) expect(kept(type.kind), type.kind).toEqual(special[type.kind] ?? {});
});

test("only of namespaces and Secrets nothing but metadata is asked for", () => {
  expect(CHILD_KINDS.map(({ type }) => type.kind).filter(isMetadataOnly)).toEqual(["Secret", "Namespace"]);
});

test("a kind that is not watched is a mistake in the program", () => {
  expect(() => compact(child("CronJob", "a"))).toThrow("kind CronJob is not watched");
});

test("of what Patroni says on a pod, what moves all the time is not kept", () => {
  const told = (position: number): KubernetesObject =>
    child("Pod", "postgresql-0", {
      annotations: { status: JSON.stringify({ state: "running", role: "primary", xlog_location: position }) },
    });
  for (const position of [1, 2]) {
    expect(compact(told(position)).metadata.annotations).toEqual({ status: "running primary" });
  }
});
