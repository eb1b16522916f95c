import { describe, expect, test } from "vitest";
import { NOTHING_DONE, type Outcome } from "../../apply/outcome.ts";
import { component } from "../../testing.ts";
import { CONDITIONS } from "./index.ts";

const find = (outcome: Partial<Outcome>, known = false) =>
  Object.fromEntries(
    CONDITIONS.flatMap(({ type, find }) => {
      const finding = find({ ...NOTHING_DONE, ...outcome }, known);
      return finding === undefined ? [] : [[type, [finding.status, finding.reason, finding.message]] as const];
    }),
  );

const READY = [component("postgresql", "Ready"), component("server", "Ready")];
const HEALTHY = ["True", "AllComponentsReady", "All components are ready"];
const APPLIED = ["True", "EverythingApplied", "Every object of the spec is applied"];
const SETTLED = ["False", "Settled", ""];
const LAYERS_READY = {
  DataLayerReady: ["True", "AllComponentsReady", "All components of the data-layer are ready"],
  ServerLayerReady: ["True", "AllComponentsReady", "All components of the server-layer are ready"],
};
const NOT_STALLED = ["False", "NotStalled", ""];

describe("a platform", () => {
  test("with everything applied and ready is Ready", () => {
    expect(find({ components: READY })).toEqual({
      Ready: HEALTHY,
      Applied: APPLIED,
      Healthy: HEALTHY,
      Reconciling: SETTLED,
      Stalled: NOT_STALLED,
      ...LAYERS_READY,
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
      DataLayerReady: ["False", "ComponentsNotReady", postgresql],
      ServerLayerReady: ["False", "ComponentsNotReady", "migrations, which waits for postgresql: 0/1 ready"],
    });
  });

  test("at which the API server fails gets there by itself, when that is well again", () => {
    const message = "ConfigMap a/server cannot be written: admission webhook guard fails. Restore it.";
    const components = [component("postgresql", "Ready"), component("server", "Failed", message)];
    expect(find({ components, serverErrors: [{ object: "ConfigMap a/server", message }] })).toMatchObject({
      Ready: [
        "False",
        "ComponentFailed",
        "Waiting for server: 0/1 ready, ConfigMap a/server cannot be written: admission webhook guard fails.",
      ],
      Applied: ["False", "ServerError", message],
      Reconciling: ["True", "InProgress", message],
      Stalled: NOT_STALLED,
      DataLayerReady: LAYERS_READY.DataLayerReady,
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
      DataLayerReady: ["False", "ComponentsNotReady", "postgresql: 0/1 ready, starting"],
      ServerLayerReady: ["False", "ComponentFailed", failed],
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
      ...LAYERS_READY,
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
      ...LAYERS_READY,
    });
  });

  test("that is blocked claims nothing about what runs", () => {
    const blocked = { reason: "PrefixTaken" as const, message: "ProfilePlatform a has them. Choose another." };
    const unknown = ["Unknown", "NotObserved", "Nothing is observed while the platform is stalled"];
    const expected = {
      Ready: ["False", "PrefixTaken", "Stalled: ProfilePlatform a has them."],
      Applied: ["False", "PrefixTaken", blocked.message],
      Healthy: unknown,
      Reconciling: SETTLED,
      Stalled: ["True", "PrefixTaken", blocked.message],
    };
    expect(find({ blocked })).toEqual(expected);
    const layers = ["DataLayer", "ServerLayer", "AppLayer", "ClientLayer", "ObservabilityLayer"];
    expect(find({ blocked }, true)).toEqual({
      ...expected,
      ...Object.fromEntries(layers.map((layer) => [`${layer}Ready`, unknown])),
      BackupHealthy: unknown,
      ArchivingHealthy: unknown,
    });
  });

  test("has conditions of its backups, which do not decide whether it is Ready", () => {
    const finding = { status: "False", reason: "BackupFailed", message: "no space" } as const;
    const archiving = { status: "True", reason: "Archiving", message: "well" } as const;
    const protection = { backup: finding, archiving, status: {}, lookAgainMs: Infinity };
    expect(find({ components: READY, protection }, true)).toMatchObject({
      Ready: HEALTHY,
      BackupHealthy: ["False", "BackupFailed", "no space"],
      ArchivingHealthy: ["True", "Archiving", "well"],
    });
  });

  test("has a condition for each layer with components, and for no other", () => {
    expect(find({ components: [component("redis", "Ready")] }, true)).toEqual({
      Ready: HEALTHY,
      Applied: APPLIED,
      Healthy: HEALTHY,
      Reconciling: SETTLED,
      Stalled: NOT_STALLED,
      DataLayerReady: LAYERS_READY.DataLayerReady,
    });
  });
});

describe("a platform that is paused", () => {
  const PAUSED = { doubt: undefined, held: [], untouched: false, specChanged: false };
  const end =
    "Health, status and Secrets are looked after; remove the annotation profileplatform.io/paused to roll it out.";

  test("with nothing held back is as it would be otherwise", () => {
    expect(find({ components: READY, paused: PAUSED })).toEqual({
      Ready: ["True", "AllComponentsReady", "All components are ready (paused)"],
      Applied: APPLIED,
      Healthy: HEALTHY,
      Reconciling: SETTLED,
      Stalled: NOT_STALLED,
      ...LAYERS_READY,
      Paused: [
        "True",
        "Paused",
        `The roll-out of the spec is paused; nothing is known to differ from the spec. ${end}`,
      ],
    });
  });

  test("names what is held back, and stays Ready while what runs is", () => {
    const held = ["StatefulSet data-layer/redis", "Deployment server-layer/server"];
    const differ = "2 objects differ from the spec: StatefulSet data-layer/redis, Deployment server-layer/server";
    expect(find({ components: READY, paused: { ...PAUSED, held } })).toEqual({
      Ready: ["True", "AllComponentsReady", "All components are ready (paused: 2 held back)"],
      Applied: ["False", "Paused", `Paused: ${differ}`],
      Healthy: HEALTHY,
      Reconciling: ["False", "Paused", ""],
      Stalled: NOT_STALLED,
      ...LAYERS_READY,
      Paused: ["True", "Paused", `The roll-out of the spec is paused; ${differ}. ${end}`],
    });
  });

  test("tells of its health as ever", () => {
    const components = [component("server", "Failed", "pod server-1 cannot get its image")];
    const held = ["Service a/b"];
    const failed = "server: 0/1 ready, pod server-1 cannot get its image";
    expect(find({ components, paused: { ...PAUSED, held } })).toEqual({
      Ready: ["False", "ComponentFailed", `Waiting for ${failed} (paused: 1 held back)`],
      Applied: ["False", "Paused", "Paused: 1 object differs from the spec: Service a/b"],
      Healthy: ["False", "ComponentFailed", failed],
      Reconciling: ["False", "Paused", ""],
      Stalled: NOT_STALLED,
      ServerLayerReady: ["False", "ComponentFailed", failed],
      Paused: [
        "True",
        "Paused",
        `The roll-out of the spec is paused; 1 object differs from the spec: Service a/b. ${end}`,
      ],
    });
  });

  test("before anything was rolled out says so", () => {
    const paused = { ...PAUSED, held: ["Namespace a", "Namespace b"], untouched: true };
    expect(find({ components: [component("server", "Waiting", "paused")], paused })).toMatchObject({
      Ready: ["False", "ComponentsNotReady", "Waiting for server: 0/1 ready, paused (paused)"],
      Applied: ["False", "Paused", "Paused: nothing was rolled out yet"],
      Paused: ["True", "Paused", `The roll-out of the spec is paused; nothing was rolled out yet. ${end}`],
    });
  });

  test("whose spec was changed without an object known to differ is not called applied", () => {
    expect(find({ components: READY, paused: { ...PAUSED, specChanged: true } })).toMatchObject({
      Applied: ["False", "Paused", "Paused: the spec was changed since it was rolled out last"],
    });
  });

  test("by a value that is unclear says what to write", () => {
    const doubt = "The annotation is unclear.";
    expect(find({ components: READY, paused: { ...PAUSED, doubt } })["Paused"]).toEqual([
      "True",
      "PauseUnclear",
      `${doubt} The roll-out of the spec is paused; nothing is known to differ from the spec. ${end}`,
    ]);
  });
});

test("a platform whose fields are contested says whose, and what to do", () => {
  const contests = [
    { object: "ConfigMap a/b", manager: "painter", fields: [".data.x", ".data.y"] },
    { object: "Service a/b", manager: "other", fields: [".spec"] },
  ];
  const message =
    'ConfigMap a/b: "painter" sets .data.x, .data.y again and again; it is taken back each time, after a pause of up to a ' +
    'minute. Stop "painter" from setting it, or change the ProfilePlatform to what it sets. (and 1 more)';
  expect(find({ components: READY, contests })).toEqual({
    Ready: ["False", "FieldsContested", 'Stalled: ConfigMap a/b: "painter" sets .data.x, .data.y again and again'],
    Applied: ["False", "FieldsContested", message],
    Healthy: HEALTHY,
    Reconciling: SETTLED,
    Stalled: ["True", "FieldsContested", message],
    ...LAYERS_READY,
    FieldsContested: ["True", "FieldsContested", message],
  });
});

describe("a platform that waits for its turn", () => {
  const objects = ["StatefulSet a/postgresql", "Deployment b/server"];

  test("is as Ready as what runs, and names what awaits it and who is before", () => {
    const message =
      "the operator's new version restarts StatefulSet a/postgresql, Deployment b/server: " +
      "waits for its turn, after platform other";
    expect(find({ components: READY, awaitedTurn: { objects, after: "other" } })).toEqual({
      Ready: ["True", "AllComponentsReady", "All components are ready (an upgrade waits for its turn)"],
      Applied: ["False", "WaitingForTurn", message],
      Healthy: HEALTHY,
      Reconciling: ["True", "InProgress", message],
      Stalled: NOT_STALLED,
      ...LAYERS_READY,
    });
  });

  test("says when it comes", () => {
    expect(find({ components: READY, awaitedTurn: { objects: ["Job a/b"], after: undefined } })).toMatchObject({
      Applied: ["False", "WaitingForTurn", "the operator's new version restarts Job a/b: its turn comes now"],
    });
  });
});

test("the message of Ready stays short enough for a column", () => {
  const components = [component("server", "Failed", "x".repeat(500))];
  expect(find({ components })["Ready"]?.[2]).toHaveLength(160);
  const paused = { doubt: undefined, held: ["Service a/b"], untouched: false, specChanged: false };
  const message = find({ components, paused })["Ready"]?.[2];
  expect(message).toHaveLength(160);
  expect(message).toMatch(/… \(paused: 1 held back\)$/);
});
