import { expect, test } from "vitest";
import { systemClock } from "../engine/clock.ts";
import { Store } from "../engine/store.ts";
import type { KubernetesObject } from "../kubernetes.ts";
import { makeCompactChild } from "./compact-child.ts";
import type { ComponentState } from "./component-state.ts";
import { APPLIED_TYPES } from "./kinds.ts";
import { LiveObjects } from "./live-objects.ts";
import { objectId } from "./object-id.ts";
import { findUnwanted } from "./prune.ts";
import { child, component, IDENTITY } from "./testing.ts";

const OWNER = { apiVersion: "v1", kind: "ProfilePlatform", name: "demo", uid: IDENTITY.uid, controller: true };
const owned = (kind: string, name: string, component = "server"): KubernetesObject =>
  child(kind, name, { ownerReferences: [OWNER], labels: { "profileplatform.io/component": component } });

function unwanted(
  live: readonly KubernetesObject[],
  wanted: readonly KubernetesObject[],
  states: ComponentState[] = [],
) {
  const stores = APPLIED_TYPES.map(({ kind }) => {
    const store = new Store({ platform: () => ["demo"] }, () => undefined);
    for (const object of live.filter((each) => each.kind === kind)) store.set(object);
    return [kind, store] as const;
  });
  const objects = new LiveObjects(new Map(stores), systemClock, makeCompactChild());
  const steps = [{ layer: "data-layer" as const, component: undefined, objects: wanted }];
  return findUnwanted(steps, IDENTITY, states, objects).map(objectId);
}

test("what is owned and no longer wanted goes", () => {
  const kept = owned("Service", "kept");
  expect(unwanted([kept, owned("Service", "old")], [kept])).toEqual(["Service data-layer/old"]);
});

test("what is retained, what another controller made and what already goes stays out of it", () => {
  const owner = { apiVersion: "apps/v1", kind: "CronJob", name: "a", uid: "b", controller: true };
  const leaving = { ...owned("Service", "leaving") };
  const live = [
    child("Secret", "retained-credentials"),
    child("ConfigMap", "of-patroni"),
    child("Job", "of-a-cron-job", { ownerReferences: [owner] }),
    { ...leaving, metadata: { ...leaving.metadata, deletionTimestamp: "2026-01-01T00:00:00Z" } },
  ];
  expect(unwanted(live, [])).toEqual([]);
});

test("old migrations stay until the new ones are done", () => {
  const live = [owned("Job", "migrations-1", "migrations"), owned("Job", "migrations-2", "migrations")];
  const wanted = live.slice(1);
  expect(unwanted(live, wanted, [component("migrations", "Progressing")])).toEqual([]);
  expect(unwanted(live, wanted, [component("migrations", "Ready")])).toEqual(["Job data-layer/migrations-1"]);
});
