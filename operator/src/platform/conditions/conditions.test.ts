import { describe, expect, test } from "vitest";
import { NOTHING_DONE, type Outcome } from "../outcome.ts";
import { component } from "../testing.ts";
import { CONDITIONS } from "./index.ts";

const find = (outcome: Partial<Outcome>) =>
  Object.fromEntries(
    CONDITIONS.map(({ type, find }) => {
      const { status, reason, message } = find({ ...NOTHING_DONE, ...outcome });
      return [type, [status, reason, message]];
    }),
  );

const READY = [component("postgresql", "Ready"), component("server", "Ready")];
const HEALTHY = ["True", "AllComponentsReady", "All components are ready"];
const APPLIED = ["True", "EverythingApplied", "Every object of the spec is applied"];
const SETTLED = ["False", "Settled", ""];
const NOT_STALLED = ["False", "NotStalled", ""];

describe("a platform", () => {
  test("with everything applied and ready is Ready", () => {
    expect(find({ components: READY })).toEqual({
      Ready: HEALTHY,
      Applied: APPLIED,
      Healthy: HEALTHY,
      Reconciling: SETTLED,
      Stalled: NOT_STALLED,
    });
  });

  test("that starts names what everything waits for first, not what waits", () => {
    const components = [
      component("migrations", "Waiting", "waits for postgresql: 0/1 ready"),
      component("postgresql", "Progressing", "pod postgresql-0 is starting"),
    ];
    const postgresql = "postgresql: 0/1 ready, pod postgresql-0 is starting";
    const migrations = "migrations waits for postgresql: 0/1 ready";
    expect(find({ components })).toEqual({
      Ready: ["False", "ComponentsNotReady", `Waiting for ${postgresql} (and 1 more)`],
      Applied: ["False", "WaitingForDependencies", migrations],
      Healthy: ["False", "ComponentsNotReady", "migrations, which waits for postgresql: 0/1 ready (and 1 more)"],
      Reconciling: ["True", "InProgress", migrations],
      Stalled: NOT_STALLED,
    });
  });

  test("with a failed component says which, before those that only progress", () => {
    const components = [
      component("postgresql", "Progressing", "starting"),
      component("server", "Failed", "pod server-1 cannot get its image"),
    ];
    const failed = "server: 0/1 ready, pod server-1 cannot get its image";
    expect(find({ components })).toEqual({
      Ready: ["False", "ComponentFailed", `Waiting for ${failed} (and 1 more)`],
      Applied: APPLIED,
      Healthy: ["False", "ComponentFailed", failed],
      Reconciling: ["True", "InProgress", failed],
      Stalled: NOT_STALLED,
    });
  });

  test("whose object belongs to somebody else is stalled until somebody acts, and is never Ready", () => {
    const message = "Service a/b exists and is managed by Helm; it is left alone. Delete it.";
    const refused = ["ObjectNotOwned", message];
    expect(find({ components: READY, refusals: [{ object: "Service a/b", message }] })).toEqual({
      Ready: ["False", "ObjectNotOwned", "Stalled: Service a/b exists and is managed by Helm"],
      Applied: ["False", ...refused],
      Healthy: HEALTHY,
      Reconciling: SETTLED,
      Stalled: ["True", ...refused],
    });
  });

  test("with an object that the API server refuses is stalled", () => {
    const failures = [{ object: "StatefulSet a/b", message: "spec: Forbidden: is immutable" }];
    const refused = ["ObjectRefused", "StatefulSet a/b: spec: Forbidden: is immutable"];
    expect(find({ components: READY, failures })).toMatchObject({
      Ready: ["False", "ObjectRefused", "Stalled: StatefulSet a/b: spec: Forbidden: is immutable"],
      Stalled: ["True", ...refused],
    });
  });

  test("that waits for the cluster is on its way", () => {
    const waits = ["namespace a is being deleted, and is made again when it is gone"];
    expect(find({ components: READY, waits })).toEqual({
      Ready: ["False", "WaitingForCluster", waits[0]],
      Applied: ["False", "WaitingForCluster", waits[0]],
      Healthy: HEALTHY,
      Reconciling: ["True", "InProgress", waits[0]],
      Stalled: NOT_STALLED,
    });
  });

  test("that is blocked claims nothing about what runs", () => {
    const blocked = { reason: "PrefixTaken" as const, message: "ProfilePlatform a has them. Choose another." };
    expect(find({ blocked })).toEqual({
      Ready: ["False", "PrefixTaken", "Stalled: ProfilePlatform a has them."],
      Applied: ["False", "PrefixTaken", blocked.message],
      Healthy: ["Unknown", "NotObserved", "Nothing is observed while the platform is stalled"],
      Reconciling: SETTLED,
      Stalled: ["True", "PrefixTaken", blocked.message],
    });
  });
});

test("the message of Ready stays short enough for a column", () => {
  const components = [component("server", "Failed", "x".repeat(500))];
  expect(find({ components })["Ready"]?.[2]).toHaveLength(160);
});
