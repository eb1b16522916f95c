import type { PlatformBackup, ProfilePlatform } from "@profile-platform/crds";
import { expect, test } from "vitest";
import { backupJobName } from "../components/data-layer/postgresql-backup/backup-job.ts";
import { Store } from "../engine/cache/store.ts";
import type { ApiClient, ApiRequest } from "../engine/client/api-client.ts";
import { ApiError } from "../engine/client/api-error.ts";
import { createLogger } from "../engine/kit/log.ts";
import { DEFAULT_IMAGES } from "../images.ts";
import type { KubernetesObject } from "../kubernetes.ts";
import { LABEL_COMPONENT, LABEL_PLATFORM } from "../labels.ts";
import { BY_PLATFORM } from "../platform/live/observe.ts";
import { BY_NAMED_PLATFORM } from "../platform/live/watches.ts";
import { platformOfSpec } from "../platform/testing.ts";
import { BackupReconciler } from "./reconciler.ts";
import { backupOf, madeAt } from "./testing.ts";

const NOW = Date.parse("2026-11-29T12:00:30Z");
const RESULT = {
  label: "20261129-120001F",
  type: "full",
  start: NOW / 1000 - 20,
  stop: NOW / 1000 - 10,
  size: 1000,
  repositorySize: 100,
  walStart: "000000010000000000000002",
  walStop: "000000010000000000000003",
  oldestStop: NOW / 1000 - 500,
};

const REPOSITORY: KubernetesObject = {
  apiVersion: "apps/v1",
  kind: "StatefulSet",
  metadata: { name: "postgresql-repository", namespace: "data-layer" },
  status: { readyReplicas: 1 },
};

const job = (name: string, end?: "Complete" | "Failed"): KubernetesObject => ({
  apiVersion: "batch/v1",
  kind: "Job",
  metadata: {
    name,
    namespace: "data-layer",
    labels: { [LABEL_PLATFORM]: "demo", [LABEL_COMPONENT]: "postgresql-backup" },
  },
  status: { conditions: end === undefined ? [] : [{ type: end, status: "True" }] },
});

const jobOf = (name: string, end?: "Complete" | "Failed") => job(backupJobName({ name, uid: `uid-of-${name}` }), end);

interface World {
  readonly spec?: Readonly<Record<string, unknown>> | undefined;
  readonly backups: readonly PlatformBackup[];
  readonly objects?: readonly KubernetesObject[];
  /** Termination message of the pod of each backup's Job. */
  readonly message?: string;
  /** What a live look finds of the platform, where the cache knows less. */
  readonly live?: ProfilePlatform;
}

/** Runs one reconcile; returns what was sent, in words, the statuses that were written, and the Events. */
async function reconcile({
  backups,
  objects = [REPOSITORY, job("stanza", "Complete")],
  message,
  live,
  ...world
}: World) {
  const stores = new Map(
    ["Job", "StatefulSet"].map((kind) => [
      kind,
      new Store({ [BY_PLATFORM]: ({ metadata }) => [metadata.labels?.[LABEL_PLATFORM] ?? ""] }, () => undefined),
    ]),
  );
  for (const object of objects) stores.get(object.kind)?.set(object);
  const platforms = new Store({}, () => undefined);
  const spec = "spec" in world ? world.spec : { postgresql: { backup: { schedule: "0 3 * * *" } } };
  if (spec !== undefined) platforms.set(platformOfSpec(spec) as unknown as KubernetesObject);
  const known = new Store(
    { [BY_NAMED_PLATFORM]: (object) => [(object["spec"] as PlatformBackup["spec"]).platform] },
    () => undefined,
  );
  for (const backup of backups) known.set(backup as unknown as KubernetesObject);
  const sent: string[] = [];
  const statuses: Record<string, unknown> = {};
  const bodies: unknown[] = [];
  const answer = ({ method, path, body }: ApiRequest): unknown => {
    const short = path.replace("/apis/profileplatform.io/v1alpha1/", "").replace("/apis/batch/v1/namespaces/", "");
    if (method === "GET" && path.endsWith("/pods")) {
      const terminated = { finishedAt: "2026-11-29T12:00:20Z", message };
      return { items: message === undefined ? [] : [{ status: { containerStatuses: [{ state: { terminated } }] } }] };
    }
    if (method === "GET" && live === undefined) throw new ApiError({ status: 404, reason: "NotFound", message: path });
    if (method === "GET") return live;
    if (path.endsWith("/status")) statuses[short.split("/")[1] ?? ""] = (body as PlatformBackup).status;
    else sent.push(`${method} ${short}`);
    if (method === "POST") bodies.push(body);
    return body;
  };
  const events: string[] = [];
  const reconciler = new BackupReconciler({
    client: { request: async (request: ApiRequest) => answer(request) } as unknown as ApiClient,
    platforms,
    backups: known,
    stores,
    recorder: { record: (object, { reason, note }) => void events.push(`${object.kind} ${reason}: ${note}`) },
    images: DEFAULT_IMAGES,
    operator: undefined,
    clock: { now: () => NOW },
  });
  const context = { signal: new AbortController().signal, log: createLogger("error"), reconcileId: "one" };
  const outcome = await reconciler.reconcile("demo", context);
  return { sent, statuses, events, outcome, bodies, again: () => reconciler.reconcile("demo", context) };
}

/** One of today's schedule, and adopted, so that nothing else is to be done. */
function settled(name: string, status: PlatformBackup["status"], created?: string): PlatformBackup {
  const backup = backupOf(name, status, { scheduledFor: "2026-11-29T03:00:00Z", ...(created && { created }) });
  const ownerReferences = [{ apiVersion: "v1", kind: "ProfilePlatform", name: "demo", uid: "uid-of-demo" }];
  return { ...backup, metadata: { ...backup.metadata, ownerReferences } as PlatformBackup["metadata"] };
}

test("the first backup is made at once, and once", async () => {
  const { sent, bodies, outcome, again } = await reconcile({ backups: [] });
  expect(sent).toEqual(["POST platformbackups"]);
  expect(bodies).toMatchObject([
    {
      metadata: {
        name: "demo-202611291200",
        annotations: { "profileplatform.io/scheduled-for": "2026-11-29T12:00:00Z" },
        ownerReferences: [{ uid: "uid-of-demo" }],
      },
      spec: { platform: "demo", type: "full" },
    },
  ]);
  expect(outcome.requeueAfterMs).toBe(Date.parse("2026-11-30T03:00:00Z") - NOW);
  await again();
  expect(sent.length).toBe(1);
});

test("times that passed are made up for once, and not while one is being made", async () => {
  const old = { ...settled("old", madeAt("2026-11-20T03:00:00Z")) };
  const annotations = { "profileplatform.io/scheduled-for": "2026-11-20T03:00:00Z" };
  const missed = { ...old, metadata: { ...old.metadata, annotations } };
  expect((await reconcile({ backups: [missed] })).sent).toEqual(["POST platformbackups"]);
  const running = { ...missed, status: { phase: "Running" as const } };
  expect((await reconcile({ backups: [running], objects: [REPOSITORY, jobOf("old")] })).sent).toEqual([]);
});

test("at rest nothing is sent until the next is due", async () => {
  const { sent, statuses, outcome } = await reconcile({ backups: [settled("one", madeAt("2026-11-29T03:10:00Z"))] });
  expect([sent, statuses]).toEqual([[], {}]);
  expect(outcome.requeueAfterMs).toBe(Date.parse("2026-11-30T03:00:00Z") - NOW);
});

test("the oldest that waits is begun, and the others say that they wait for it", async () => {
  const { sent, statuses } = await reconcile({
    backups: [
      settled("second", undefined, "2026-11-29T12:00:02Z"),
      settled("first", undefined, "2026-11-29T12:00:01Z"),
    ],
  });
  expect(sent).toEqual(["POST data-layer/jobs"]);
  expect(statuses).toEqual({
    first: {
      phase: "Running",
      job: `data-layer/${backupJobName({ name: "first", uid: "uid-of-first" })}`,
      startedAt: "2026-11-29T12:00:30Z",
    },
    second: { phase: "Pending", message: "waits for first" },
  });
});

test.each([
  [[], "waits for the repository: "],
  [[{ ...REPOSITORY, status: {} }], "waits for the repository: "],
  [[REPOSITORY, job("stanza")], "waits for the repository to be prepared: "],
])("none is begun before the repository is there", async (objects, message) => {
  const { sent, statuses } = await reconcile({ backups: [settled("one", undefined)], objects });
  expect(sent).toEqual([]);
  expect(statuses).toMatchObject({ one: { phase: "Pending", message: expect.stringContaining(message) } });
});

test("one that runs keeps the others waiting", async () => {
  const backups = [settled("one", { phase: "Running" }), settled("two", undefined)];
  const { sent, statuses } = await reconcile({ backups, objects: [REPOSITORY, jobOf("one")] });
  expect(sent).toEqual([]);
  expect(statuses).toEqual({ two: { phase: "Pending", message: "waits for one" } });
});

test("what the Job says of a backup becomes its status", async () => {
  const { statuses, events } = await reconcile({
    backups: [settled("one", { phase: "Running", job: "data-layer/x" })],
    objects: [REPOSITORY, jobOf("one", "Complete")],
    message: JSON.stringify(RESULT),
  });
  expect(statuses).toMatchObject({
    one: {
      phase: "Succeeded",
      job: "data-layer/x",
      startedAt: "2026-11-29T12:00:10Z",
      finishedAt: "2026-11-29T12:00:20Z",
      label: RESULT.label,
      type: "full",
      sizeBytes: 1000,
      repositorySizeBytes: 100,
      walStart: RESULT.walStart,
      walStop: RESULT.walStop,
      conditions: [{ type: "Complete", status: "True", reason: "BackupSucceeded" }],
    },
  });
  expect(events).toEqual(["PlatformBackup BackupSucceeded: full backup 20261129-120001F was made"]);
});

test.each([
  [JSON.stringify({ error: "[055]: no space" }), "[055]: no space (kubectl logs -n data-layer job/"],
  [undefined, "its Job ended without saying what became of it (kubectl logs"],
  [JSON.stringify(RESULT), "its Job ended without saying"],
])("a Job that failed and said %s is told of, on the platform as well", async (message, sentence) => {
  const { statuses, events } = await reconcile({
    backups: [settled("one", { phase: "Running" })],
    objects: [REPOSITORY, jobOf("one", "Failed")],
    ...(message === undefined ? {} : { message }),
  });
  expect(statuses).toMatchObject({
    one: { phase: "Failed", message: expect.stringContaining(sentence), conditions: [{ status: "False" }] },
  });
  expect(events.map((event) => event.split(":")[0])).toEqual([
    "PlatformBackup BackupFailed",
    "ProfilePlatform BackupFailed",
  ]);
});

test("a Job that somebody deleted is made again", async () => {
  const { sent, statuses } = await reconcile({ backups: [settled("one", { phase: "Running", job: "data-layer/x" })] });
  expect(sent).toEqual(["POST data-layer/jobs"]);
  expect(statuses).toMatchObject({ one: { phase: "Running" } });
});

test("backups are given to their platform before all else", async () => {
  const { sent, statuses, outcome } = await reconcile({ backups: [backupOf("by-hand"), settled("one", undefined)] });
  expect(sent).toEqual(["PATCH platformbackups/by-hand"]);
  expect([statuses, outcome]).toEqual([{}, { requeueAfterMs: 1000 }]);
});

test("what pgBackRest has removed goes", async () => {
  const { sent } = await reconcile({
    backups: [
      settled("old", madeAt("2026-11-28T03:00:00Z")),
      settled("new", madeAt("2026-11-29T03:00:00Z")),
      settled("newest", madeAt("2026-11-29T04:00:00Z", "2026-11-29T03:00:00Z")),
    ],
  });
  expect(sent).toEqual(["DELETE platformbackups/old"]);
});

test("of no platform, and of one without backups, they are refused with what to do", async () => {
  const open = [backupOf("one"), backupOf("done", madeAt("2026-11-29T03:00:00Z"))];
  const none = await reconcile({ spec: undefined, backups: open });
  expect(none.statuses).toMatchObject({
    one: { phase: "Failed", message: expect.stringContaining('there is no ProfilePlatform "demo"') },
  });
  expect(Object.keys(none.statuses)).toEqual(["one"]);
  const plain = await reconcile({ spec: {}, backups: open, live: platformOfSpec({}) });
  expect(plain.statuses).toMatchObject({
    one: { phase: "Failed", message: expect.stringContaining("set spec.postgresql.backup") },
  });
});

test("while the cache has yet to hear of the platform, they are not refused", async () => {
  const live = platformOfSpec({ postgresql: { backup: {} } });
  const { statuses, outcome } = await reconcile({ spec: undefined, backups: [backupOf("one")], live });
  expect([statuses, outcome]).toEqual([{}, { requeueAfterMs: 1000 }]);
});

test("when backups are taken out of the spec, one that runs ends", async () => {
  const { sent, statuses } = await reconcile({
    spec: {},
    backups: [settled("one", { phase: "Running", job: "data-layer/x" })],
    live: platformOfSpec({}),
  });
  expect(sent).toEqual(["DELETE data-layer/jobs/x"]);
  expect(statuses).toMatchObject({ one: { phase: "Failed" } });
});
