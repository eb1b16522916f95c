import { describe, expect, test } from "vitest";
import { Store } from "../../engine/cache/store.ts";
import type { ApiClient } from "../../engine/client/api-client.ts";
import { ApiError } from "../../engine/client/api-error.ts";
import { ResourceTypes } from "../../engine/client/resource-type.ts";
import { systemClock } from "../../engine/kit/clock.ts";
import type { KubernetesObject } from "../../kubernetes.ts";
import { makeCompactChild } from "../live/compact-child.ts";
import { APPLIED_TYPES } from "../live/kinds.ts";
import { LiveObjects } from "../live/live-objects.ts";
import { objectId } from "../live/object-id.ts";
import type { ComponentState } from "../status/component-state.ts";
import { child, component, IDENTITY } from "../testing.ts";
import { Ledger } from "./ledger.ts";
import { findUnwanted, prune } from "./prune.ts";

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

test("keys that servers mount stay until the servers do not any more", () => {
  const live = [owned("ConfigMap", "server-jwks"), owned("ConfigMap", "old")];
  expect(unwanted(live, [], [component("server", "Progressing")])).toEqual(["ConfigMap data-layer/old"]);
  expect(unwanted(live, [], [component("server", "Ready")])).toEqual(live.map(objectId));
});

describe("an object that cannot be removed holds up no other", () => {
  const OBJECTS = [owned("Service", "first"), owned("Service", "second")];
  const answerTo = (status: number, reason: string, message: string) =>
    new ApiError({
      status,
      reason,
      message: `DELETE /api/v1/namespaces/data-layer/services/first: ${status} ${message}`,
    });

  /** Removes both from an API server that has this to say to the first one's deletion, so many times. */
  async function pruneWith(error: Error, times = Infinity) {
    const ledger = new Ledger();
    let said = 0;
    const request = ({ method, path }: { readonly method: string; readonly path: string }) => {
      if (method === "DELETE" && path.endsWith("/first") && said++ < times) return Promise.reject(error);
      return Promise.resolve(OBJECTS.find(({ metadata }) => path.endsWith(`/${metadata.name}`)));
    };
    const client = { request } as unknown as ApiClient;
    const { signal } = new AbortController();
    await prune(OBJECTS, IDENTITY, ledger, { client, types: new ResourceTypes(APPLIED_TYPES), signal });
    return { ...ledger.outcome([]), impatient: ledger.impatient };
  }

  test("because a policy is against it", async () => {
    const policy = 'services "first" is forbidden: ValidatingAdmissionPolicy "keep" denied request';
    expect(await pruneWith(answerTo(403, "Forbidden", policy))).toMatchObject({
      pruned: ["Service data-layer/second"],
      failures: [{ object: "Service data-layer/first", message: `cannot be removed: ${policy}` }],
    });
  });

  test("because the server fails", async () => {
    expect(await pruneWith(answerTo(500, "InternalError", "x"))).toMatchObject({
      pruned: ["Service data-layer/second"],
      failures: [],
      serverErrors: [{ object: "Service data-layer/first" }],
    });
  });

  test("because it changes again and again: the platform is not said to be applied, and looked at again at once", async () => {
    expect(await pruneWith(answerTo(409, "Conflict", "x"))).toMatchObject({
      pruned: ["Service data-layer/second"],
      failures: [],
      serverErrors: [],
      waits: ["Service data-layer/first was changed each time it was to be removed, and is looked at again"],
      impatient: true,
    });
  });

  test("and one that has just changed is looked at again, and removed", async () => {
    expect(await pruneWith(answerTo(409, "Conflict", "x"), 2)).toMatchObject({
      pruned: ["Service data-layer/first", "Service data-layer/second"],
      waits: [],
      impatient: false,
    });
  });

  test("but no answer at all ends it", async () => {
    await expect(pruneWith(new Error("no answer"))).rejects.toThrow("while pruning Service data-layer/first");
  });
});
