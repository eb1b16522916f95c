import { expect, test } from "vitest";
import { COMPONENTS } from "../../components/index.ts";
import { Store } from "../../engine/cache/store.ts";
import { systemClock } from "../../engine/kit/clock.ts";
import type { KubernetesObject } from "../../kubernetes.ts";
import { componentLabels, LABEL_POSTGRESQL_ROLE } from "../../labels.ts";
import { NOTHING_DONE } from "../apply/outcome.ts";
import { LiveObjects } from "../live/live-objects.ts";
import { BY_COMPONENT, componentIndex } from "../live/observe.ts";
import { component, modelOfSpec } from "../testing.ts";
import { type Findings, find, recordedTurn, rolledOutGeneration, status } from "./status.ts";

const NOW = Date.parse("2026-01-31T12:00:00Z");
const FINDINGS: Findings = {
  endpoints: { server: "http://server" },
  server: { replicas: 3, selector: "a=b" },
  postgresql: { primary: "postgresql-0", replicas: [] },
};

const conditionsAt = (time: string, generation: number) => {
  const common = { observedGeneration: generation, lastTransitionTime: time };
  return [
    { type: "Ready", status: "True", reason: "AllComponentsReady", message: "All components are ready", ...common },
    {
      type: "Applied",
      status: "True",
      reason: "EverythingApplied",
      message: "Every object of the spec is applied",
      ...common,
    },
    { type: "Healthy", status: "True", reason: "AllComponentsReady", message: "All components are ready", ...common },
    { type: "Reconciling", status: "False", reason: "Settled", message: "", ...common },
    { type: "Stalled", status: "False", reason: "NotStalled", message: "", ...common },
    {
      type: "ServerLayerReady",
      status: "True",
      reason: "AllComponentsReady",
      message: "All components of the server-layer are ready",
      ...common,
    },
  ];
};

const READY = { ...NOTHING_DONE, components: [component("server", "Ready")] };

test("a status says everything in the words of the API", () => {
  expect(status(READY, FINDINGS, undefined, { generation: 2, now: NOW })).toEqual({
    observedGeneration: 2,
    conditions: conditionsAt("2026-01-31T12:00:00Z", 2),
    componentsReady: "1/1",
    components: [{ name: "server", layer: "server-layer", state: "Ready", ready: "1/1", message: "" }],
    ...FINDINGS,
  });
});

test("a transition time changes with its status alone", () => {
  const before = status(READY, FINDINGS, undefined, { generation: 1, now: NOW });
  const after = status(READY, FINDINGS, before, { generation: 2, now: NOW + 60_000 });
  expect(after.conditions).toEqual(conditionsAt("2026-01-31T12:00:00Z", 2));
});

test("the condition of a layer without components goes", () => {
  const components = [component("redis", "Ready"), component("server", "Ready")];
  const types = ({ conditions = [] }: ReturnType<typeof status>) => conditions.map(({ type }) => type);
  const before = status({ ...READY, components }, FINDINGS, undefined, { generation: 1, now: NOW });
  const after = status(READY, FINDINGS, before, { generation: 2, now: NOW });
  expect(types(before)).toEqual([...types(after).slice(0, -1), "DataLayerReady", "ServerLayerReady"]);
  expect(types(after).at(-1)).toBe("ServerLayerReady");
});

test("the generation that was rolled out stays until another one is", () => {
  const at = (generation: number, rolledOut: boolean, previous?: ReturnType<typeof status>) =>
    status({ ...READY, rolledOut }, FINDINGS, previous, { generation, now: NOW });
  const before = at(1, true);
  expect([before, at(2, false, before), at(2, true, before)].map(rolledOutGeneration)).toEqual([1, 1, 2]);
  // As an older version left it.
  const { rolledOutGeneration: _, ...older } = before;
  expect(rolledOutGeneration(older)).toBe(1);
  expect(rolledOutGeneration({})).toBeUndefined();
});

test("a turn is written down while it lasts, and not beyond a block", () => {
  const turn = { since: NOW, until: NOW + 600_000 };
  const held = status({ ...READY, turn }, FINDINGS, undefined, { generation: 1, now: NOW });
  expect(held.turn).toEqual({ since: "2026-01-31T12:00:00Z", until: "2026-01-31T12:10:00Z" });
  expect(recordedTurn(held)).toEqual(turn);
  expect(status(READY, FINDINGS, held, { generation: 1, now: NOW })).not.toHaveProperty("turn");
  const blocked = { reason: "InvalidSpec" as const, message: "spec.a must be b." };
  expect(status({ ...NOTHING_DONE, blocked }, undefined, held, { generation: 1, now: NOW })).not.toHaveProperty("turn");
});

test("a platform that is blocked keeps what was known of it", () => {
  const before = status(READY, FINDINGS, undefined, { generation: 1, now: NOW });
  const blocked = { reason: "InvalidSpec" as const, message: "spec.a must be b." };
  const after = status({ ...NOTHING_DONE, blocked }, undefined, before, { generation: 2, now: NOW });
  expect({ ...after, conditions: [] }).toEqual({ ...before, observedGeneration: 2, conditions: [] });
  expect(after.conditions?.find(({ type }) => type === "Stalled")).toMatchObject({
    status: "True",
    reason: "InvalidSpec",
  });
});

test("conditions of others stay", () => {
  const theirs = { type: "Theirs", status: "True" as const, reason: "A", message: "", lastTransitionTime: "x" };
  const after = status(READY, FINDINGS, { conditions: [theirs] }, { generation: 1, now: NOW });
  expect(after.conditions?.[0]).toEqual(theirs);
});

test("addresses, the scale and the database's roles are read from what is live", () => {
  const pod = (name: string, role: string, metadata: object = {}): KubernetesObject => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name,
      namespace: "data-layer",
      labels: { ...componentLabels("demo", "data-layer", "postgresql"), [LABEL_POSTGRESQL_ROLE]: role },
      ...metadata,
    },
  });
  const stores = {
    Pod: new Store({ [BY_COMPONENT]: componentIndex }, () => undefined),
    Deployment: new Store({}, () => undefined),
  };
  for (const object of [
    pod("postgresql-2", "replica"),
    pod("postgresql-1", "replica"),
    pod("postgresql-0", "primary"),
  ]) {
    stores.Pod.set(object);
  }
  stores.Pod.set(pod("postgresql-3", "replica", { deletionTimestamp: "2026-01-31T12:00:00Z" }));
  stores.Deployment.set({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "server", namespace: "server-layer" },
    status: { replicas: 3 },
  });
  expect(find(COMPONENTS, modelOfSpec(), new LiveObjects(new Map(Object.entries(stores)), systemClock))).toEqual({
    endpoints: {
      postgresql: "postgresql://postgresql.data-layer.svc.cluster.local:5432",
      redis: "redis://redis.data-layer.svc.cluster.local:6379",
      rabbitmq: "amqp://rabbitmq.data-layer.svc.cluster.local:5672",
      server: "http://server.server-layer.svc.cluster.local:8080",
    },
    server: { replicas: 3, selector: "app.kubernetes.io/name=server,app.kubernetes.io/instance=demo" },
    postgresql: { primary: "postgresql-0", replicas: ["postgresql-1", "postgresql-2"] },
  });
});
