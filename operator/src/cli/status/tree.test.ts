import type { ProfilePlatform, ProfilePlatformStatus } from "@profile-platform/crds";
import { expect, test } from "vitest";
import { createPaint } from "../paint.ts";
import { isReady, renderTree } from "./tree.ts";

const NOW = new Date("2026-01-01T00:05:00Z");
const SINCE = "2026-01-01T00:00:00Z";

function platform(status: ProfilePlatformStatus | undefined, metadata: object = {}): ProfilePlatform {
  return {
    apiVersion: "profileplatform.io/v1alpha1",
    kind: "ProfilePlatform",
    metadata: { name: "demo", generation: 2, ...metadata },
    spec: {} as ProfilePlatform["spec"],
    ...(status === undefined ? {} : { status }),
  };
}

function statusOf(ready: "True" | "False", observedGeneration = 2): ProfilePlatformStatus {
  return {
    observedGeneration,
    componentsReady: "1/3",
    conditions: [
      {
        type: "Ready",
        status: ready,
        observedGeneration,
        lastTransitionTime: SINCE,
        reason: "Why",
        message: "because",
      },
      {
        type: "Stalled",
        status: "False",
        observedGeneration,
        lastTransitionTime: SINCE,
        reason: "NotStalled",
        message: "",
      },
    ],
    components: [
      { name: "postgresql", layer: "data-layer", state: "Ready", ready: "1/1", message: "" },
      { name: "redis", layer: "data-layer", state: "Failed", ready: "0/1", message: "pod redis-0 cannot start" },
      { name: "server", layer: "server-layer", state: "Waiting", ready: "0/3", message: "waits for migrations" },
    ],
    endpoints: { server: "http://server.server-layer.svc.cluster.local:8080" },
    postgresql: { primary: "postgresql-0", replicas: ["postgresql-1"] },
  };
}

const draw = (one: ProfilePlatform) => renderTree(one, createPaint(false), NOW);

test("a platform is drawn whole", () => {
  expect(draw(platform(statusOf("False")))).toBe(
    `demo  not Ready  1/3 components
├─ data-layer
│  ├─ ✓ postgresql  1/1
│  └─ ✗ redis       0/1  pod redis-0 cannot start
└─ server-layer
   └─ ⋯ server      0/3  waits for migrations

conditions
  Ready    False    Why: because  for 5m
  Stalled  False    NotStalled  for 5m

addresses inside the cluster
  server  http://server.server-layer.svc.cluster.local:8080

PostgreSQL primary postgresql-0, replicas postgresql-1
`,
  );
});

test.each([
  ["Ready", platform(statusOf("True")), "demo  Ready  1/3 components"],
  [
    "a change that was not seen",
    platform(statusOf("True", 1)),
    "demo  the newest change has not been seen by the operator yet  1/3 components",
  ],
  ["no status", platform(undefined), "demo  not seen by the operator yet: is it running?"],
  ["a deletion", platform(statusOf("True"), { deletionTimestamp: SINCE }), "demo  is being deleted"],
])("the first line tells of %s", (_, one, line) => {
  expect(draw(one).split("\n")[0]).toBe(line);
});

test("a pause is told in the first line, and marked as what is not normal", () => {
  const paused = { type: "Paused", status: "True" as const, reason: "Paused", message: "", lastTransitionTime: SINCE };
  const { conditions = [], ...rest } = statusOf("True");
  const drawn = renderTree(platform({ ...rest, conditions: [...conditions, paused] }), createPaint(true), NOW);
  expect(drawn.split("\n")[0]).toContain("\u001b[32mReady\u001b[0m  \u001b[33mpaused\u001b[0m");
  expect(drawn).toContain("Paused   \u001b[31mTrue");
});

test("too few connections are marked as what is not normal", () => {
  const condition = { type: "ConnectionsOvercommitted", status: "True" as const, reason: "Any", message: "" };
  const { conditions = [], ...rest } = statusOf("True");
  const all = [...conditions, { ...condition, lastTransitionTime: SINCE }];
  const drawn = renderTree(platform({ ...rest, conditions: all }), createPaint(true), NOW);
  expect(drawn).toContain("ConnectionsOvercommitted  \u001b[31mTrue");
});

test("Ready counts only for the newest specification", () => {
  expect(isReady(platform(statusOf("True")))).toBe(true);
  expect(isReady(platform(statusOf("True", 1)))).toBe(false);
  expect(isReady(platform(statusOf("False")))).toBe(false);
  expect(isReady(platform(undefined))).toBe(false);
});

test("colours are on a terminal only", () => {
  expect(renderTree(platform(statusOf("True")), createPaint(true), NOW)).toContain("\u001b[32mReady\u001b[0m");
  expect(draw(platform(statusOf("True")))).not.toContain("\u001b");
});
