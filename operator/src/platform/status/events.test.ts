import type { Condition, ProfilePlatformStatus } from "@profile-platform/crds";
import { expect, test } from "vitest";
import { NOTHING_DONE } from "../apply/outcome.ts";
import { eventsOf } from "./events.ts";

const condition = (type: string, status: Condition["status"], message: string): Condition => ({
  type,
  status,
  message,
  reason: "Any",
  lastTransitionTime: "2026-01-01T00:00:00Z",
});
const server = (state: "Ready" | "Progressing" | "Failed", message = "") => ({
  name: "server",
  layer: "server-layer",
  state,
  ready: state === "Ready" ? "3/3" : "1/3",
  message,
});

test("what was done is told in sums", () => {
  const outcome = {
    ...NOTHING_DONE,
    created: ["Namespace a", "Service a/b"],
    configured: ["Deployment a/b"],
    pruned: ["Service a/c"],
  };
  expect(eventsOf(outcome, undefined, {})).toEqual([
    { type: "Normal", reason: "ObjectsCreated", action: "Create", note: "Objects created 2: Namespace a (and 1 more)" },
    { type: "Normal", reason: "ObjectsConfigured", action: "Configure", note: "Objects changed 1: Deployment a/b" },
    { type: "Normal", reason: "ObjectsPruned", action: "Prune", note: "Objects removed 1: Service a/c" },
  ]);
});

test("what was put back is told with its fields", () => {
  const fields = ["spec.a", "spec.b", "spec.c", "spec.d", "spec.e", "spec.f"];
  const corrected = [
    { kind: "Service", object: "Service a/b", fields, managers: [] },
    { kind: "Role", object: "Role a/b", fields: [], managers: [] },
    { kind: "Service", object: "Service a/c", fields: ["spec.a"], managers: ["kubectl-edit", "painter"] },
  ];
  expect(eventsOf({ ...NOTHING_DONE, corrected }, undefined, {}).map(({ type, note }) => `${type}: ${note}`)).toEqual([
    "Warning: Service a/b was changed by hand and is put back: spec.a, spec.b, spec.c, spec.d, spec.e, …",
    "Warning: Role a/b was deleted by hand and is made again",
    "Warning: Service a/c was changed by kubectl-edit, painter and is put back: spec.a",
  ]);
});

test("a component is told of when its state changes, and only then", () => {
  const statuses: Record<string, ProfilePlatformStatus> = {
    progressing: { components: [server("Progressing")] },
    ready: { components: [server("Ready")] },
    failed: { components: [server("Failed", "no image")] },
  };
  const notes = (before: string, after: string) =>
    eventsOf(NOTHING_DONE, statuses[before], statuses[after] ?? {}).map(({ reason, note }) => `${reason}: ${note}`);
  expect(notes("progressing", "ready")).toEqual(["ComponentReady: server is ready: 3/3"]);
  expect(notes("ready", "ready")).toEqual([]);
  expect(notes("ready", "progressing")).toEqual([]);
  expect(notes("ready", "failed")).toEqual(["ComponentFailed: server: no image"]);
});

test("the platform is told of when it becomes Ready, when it no longer is, and when it is stalled for a new reason", () => {
  const ready = { conditions: [condition("Ready", "True", "All"), condition("Stalled", "False", "")] };
  const stalled = { conditions: [condition("Ready", "False", "Stalled: x"), condition("Stalled", "True", "x")] };
  const reasons = (before: ProfilePlatformStatus | undefined, after: ProfilePlatformStatus) =>
    eventsOf(NOTHING_DONE, before, after).map(({ reason }) => reason);
  expect(reasons(undefined, ready)).toEqual(["PlatformReady"]);
  expect(reasons(ready, ready)).toEqual([]);
  expect(reasons(ready, stalled)).toEqual(["PlatformNotReady", "Stalled"]);
  expect(reasons(stalled, stalled)).toEqual([]);
});

test("too few connections are told of with each number that is new, and when they suffice again", () => {
  const over = (message: string): ProfilePlatformStatus => ({
    conditions: [condition("ConnectionsOvercommitted", "True", message)],
  });
  const reason = "ConnectionsOvercommitted";
  expect(eventsOf(NOTHING_DONE, undefined, over("a"))).toEqual([
    { type: "Warning", reason, action: "Observe", note: "a" },
  ]);
  expect(eventsOf(NOTHING_DONE, over("a"), over("a"))).toEqual([]);
  expect(eventsOf(NOTHING_DONE, over("a"), over("b"))).toMatchObject([{ type: "Warning", reason, note: "b" }]);
  expect(eventsOf(NOTHING_DONE, over("a"), {})).toMatchObject([{ type: "Normal", reason: "ConnectionsSuffice" }]);
});

test("pods that the operator restarts are told of with every cause", () => {
  const restarted = [
    { object: "StatefulSet a/b", causes: ["the content of ConfigMap b changed", "pod settings changed: x"] },
  ];
  expect(eventsOf({ ...NOTHING_DONE, restarted }, undefined, {})).toEqual([
    {
      type: "Normal",
      reason: "WorkloadRestarted",
      action: "Restart",
      note: "StatefulSet a/b: its pods restart, because the content of ConfigMap b changed; pod settings changed: x",
    },
  ]);
});

test("pausing and resuming are told of once", () => {
  const paused = (reason: string) => ({ conditions: [{ ...condition("Paused", "True", "why"), reason }] });
  const told = (before: ProfilePlatformStatus | undefined, after: ProfilePlatformStatus) =>
    eventsOf(NOTHING_DONE, before, after).map(
      ({ type, reason, action, note }) => `${type} ${reason} ${action}: ${note}`,
    );
  const resumed =
    "Normal Resumed Resume: The roll-out of the spec goes on: what was held back is applied, and what was changed by hand is put back";
  expect(told({}, paused("Paused"))).toEqual(["Normal Paused Pause: why"]);
  expect(told(paused("Paused"), paused("Paused"))).toEqual([]);
  expect(told(paused("Paused"), paused("PauseUnclear"))).toEqual(["Warning Paused Pause: why"]);
  expect(told(paused("Paused"), {})).toEqual([resumed]);
});

test("a turn that ran out is a warning", () => {
  expect(eventsOf({ ...NOTHING_DONE, turnExpired: true }, undefined, {})).toMatchObject([
    { type: "Warning", reason: "TurnExpired", action: "Apply" },
  ]);
});

test("a contest over fields is told once, however it goes on", () => {
  const contested = (message: string) => ({ conditions: [condition("FieldsContested", "True", message)] });
  const notes = (before: ProfilePlatformStatus, after: ProfilePlatformStatus) =>
    eventsOf(NOTHING_DONE, before, after).map(({ type, reason, note }) => `${type} ${reason}: ${note}`);
  expect(notes({}, contested("a"))).toEqual(["Warning FieldsContested: a"]);
  expect(notes(contested("a"), contested("b"))).toEqual([]);
  expect(notes(contested("a"), {})).toEqual([]);
});
