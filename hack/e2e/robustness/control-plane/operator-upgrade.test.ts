import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { KubernetesObject } from "@profile-platform/operator/kubernetes";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { waitCondition, waitReady } from "../../control-plane/support/class-bench.ts";
import { waitIdle } from "../../control-plane/support/idle.ts";
import { KubeApi, typeOf } from "../../control-plane/support/kube-api.ts";
import { type OperatorBench, startOperatorBench } from "../../control-plane/support/operator-bench.ts";
import type { OperatorProcess } from "../../control-plane/support/operator-process.ts";
import { type Judge, PodReporter } from "../../control-plane/support/pod-reporter.ts";
import { restartsOf, waitRestarts } from "../../control-plane/support/told.ts";
import { eventually } from "../../support/eventually.ts";
import { condition, objectKey } from "../../support/platform.ts";

const NAMES = ["first", "second", "third"];
const PLATFORM = "profileplatform.io/platform";
/** Workloads of one platform whose pods an upgrade of all images restarts. */
const RESTARTED = [
  "Deployment server-layer/server",
  "Deployment server-layer/worker",
  "StatefulSet data-layer/postgresql",
  "StatefulSet data-layer/rabbitmq",
  "StatefulSet data-layer/redis",
];

let bench: OperatorBench;
let api: KubeApi;
let operator: OperatorProcess;
let reporter: PodReporter;
/** Platforms whose new pods do not start. */
const stuck = new Set<string>();

const judge: Judge = ({ metadata }) =>
  stuck.has(metadata.labels?.[PLATFORM] ?? "")
    ? { kind: "unschedulable", message: "held by the test" }
    : { kind: "runs" };

/** An operator of a version that brings these images. */
async function startOperator(version: string): Promise<OperatorProcess> {
  const names = ["postgresql", "redis", "rabbitmq", "runtime"];
  const images = Object.fromEntries(names.map((name) => [name, `registry.example/${name}:${version}`]));
  const file = join(bench.dir, `images-${version}.json`);
  await writeFile(file, JSON.stringify(images));
  return bench.startOperator({ args: ["--images", file] });
}

/** Lets the pods of a platform start; those that wait for it are looked at again. */
async function release(name: string): Promise<void> {
  stuck.delete(name);
  await reporter.stop();
  reporter = PodReporter.start(api, judge);
}

beforeAll(async () => {
  bench = await startOperatorBench();
  api = KubeApi.connect(bench.kubectl.kubeconfig);
  reporter = PodReporter.start(api, judge);
  operator = await startOperator("1");
  for (const name of NAMES) await api.createPlatform(name, { namespacePrefix: `${name}-` });
  for (const name of NAMES) await waitReady(api, name);
  await waitIdle(operator);
});

afterAll(async () => {
  await reporter?.stop();
  api?.close();
  await bench?.stop();
});

async function workloads(): Promise<readonly KubernetesObject[]> {
  const lists = await Promise.all(["StatefulSet", "Deployment", "Job"].map((kind) => api.list(typeOf(kind))));
  return lists.flat();
}

/** Workload → its uid and generation: the status of workloads goes on by itself. */
async function generations(): Promise<Readonly<Record<string, string>>> {
  const entries = (await workloads()).map((object) => {
    const { uid = "", generation = 0 } = object.metadata;
    return [objectKey(object), `${uid} ${generation}`] as const;
  });
  return Object.fromEntries(entries);
}

function runs(object: KubernetesObject, version: string): boolean {
  return JSON.stringify(object["spec"]).includes(`:${version}"`);
}

/** Platforms with a workload of a version, in the order of NAMES. */
async function changedTo(version: string): Promise<readonly string[]> {
  const found = (await workloads()).filter((object) => runs(object, version));
  return NAMES.filter((name) => found.some(({ metadata }) => metadata.labels?.[PLATFORM] === name));
}

const turnOf = async (name: string) => (await api.platform(name))?.status?.turn;
const expectedNotes = (name: string) => RESTARTED.map((key) => key.replace(" ", ` ${name}-`));

test("a new operator that brings the same restarts nothing and changes no workload", async () => {
  const before = await generations();
  await operator.stop();
  operator = await startOperator("1");
  await waitIdle(operator);
  expect(await generations()).toEqual(before);
  for (const name of NAMES) expect(await restartsOf(api, name)).toEqual([]);
});

describe("a new operator that brings other images", () => {
  let holder = "";
  let waiting: readonly string[] = [];

  test("changes the workloads of one platform, while the others stay Ready and say whom they wait for", async () => {
    for (const name of NAMES) stuck.add(name);
    await operator.stop();
    operator = await startOperator("2");
    [holder = ""] = await eventually(
      async () => {
        const changed = await changedTo("2");
        return changed.length > 0 ? changed : undefined;
      },
      { what: "one platform is changed", timeoutMs: 30_000, everyMs: 20 },
    );
    waiting = NAMES.filter((name) => name !== holder);
    for (const name of waiting) {
      const { message, reason } = await waitCondition(api, name, "Applied", "False", /its turn/);
      expect(reason).toBe("WaitingForTurn");
      expect(message).toMatch(
        /^the operator's new version restarts StatefulSet \S+-data-layer\/postgresql, .* and 1 more: waits for its turn, after platform \w+$/,
      );
      const platform = await api.platform(name);
      expect(condition(platform, "Ready")).toMatchObject({
        status: "True",
        message: "All components are ready (an upgrade waits for its turn)",
      });
      expect(condition(platform, "Reconciling")).toMatchObject({ status: "True", message });
      expect(platform?.status?.turn).toBeUndefined();
      expect(await restartsOf(api, name)).toEqual([]);
    }
    expect(await turnOf(holder)).toBeDefined();
    await waitIdle(operator);
    expect(await changedTo("2")).toEqual([holder]);
  });

  test("keeps to that when it is killed in the middle and another one starts", async () => {
    const turn = await turnOf(holder);
    await operator.kill();
    await bench.deleteLease();
    operator = await startOperator("2");
    await waitIdle(operator);
    expect(await changedTo("2")).toEqual([holder]);
    expect(await turnOf(holder)).toEqual(turn);
  });

  test("does not make a user's own change wait, and restarts the pods that it concerns", async () => {
    const [, impatient = ""] = waiting;
    await api.patchPlatform(impatient, { worker: { concurrency: 77 } });
    await waitCondition(api, impatient, "Applied", "False", /^(?!.*its turn)/);
    const changed = await changedTo("2");
    expect([...changed].sort()).toEqual([holder, impatient].sort());
    await release(impatient);
    await waitReady(api, impatient);
  });

  test("goes on to the next platform when that one is Ready, and so to the end", async () => {
    const [next = ""] = waiting;
    expect(await changedTo("2")).not.toContain(next);
    stuck.delete(next);
    await release(holder);
    let mostAtOnce = 0;
    let overlaps = false;
    await eventually(
      async () => {
        const changed = await changedTo("2");
        const platforms = await Promise.all(NAMES.map((name) => api.platform(name)));
        const underway = platforms.filter((one) => one?.status?.turn !== undefined).map((one) => one?.metadata.name);
        mostAtOnce = Math.max(mostAtOnce, underway.length);
        overlaps ||= changed.includes(next) && underway.includes(holder);
        return changed.length === NAMES.length && underway.length === 0 ? true : undefined;
      },
      { what: "every platform is changed", timeoutMs: 60_000, everyMs: 10 },
    );
    expect({ mostAtOnce, overlaps }).toEqual({ mostAtOnce: 1, overlaps: false });
    for (const name of NAMES) {
      const platform = await waitReady(api, name);
      expect(condition(platform, "Applied")?.status).toBe("True");
      expect(platform.status?.turn).toBeUndefined();
    }
    const jobs = (await workloads()).filter(({ kind }) => kind === "Job");
    expect(jobs.filter((job) => !runs(job, "2")).map(objectKey)).toEqual([]);
  });

  test("tells of each restart with the image, once", async () => {
    for (const name of NAMES) {
      const notes = await waitRestarts(api, name, RESTARTED.length);
      expect(notes.map((note) => note.split(":")[0])).toEqual([...expectedNotes(name)].sort());
      for (const note of notes) {
        expect(note).toMatch(
          /the image of container \w+ changed from registry\.example\/\w+:1 to registry\.example\/\w+:2/,
        );
      }
    }
  });
});

describe("a platform that was not Ready before", () => {
  test("comes after those that are", async () => {
    stuck.add("first");
    // Its pods are gone, and do not come back.
    for (const pod of await api.pods("first")) await api.remove(pod, 0);
    await waitCondition(api, "first", "Ready", "False", /./);
    await operator.stop();
    operator = await startOperator("3");
    const order: string[] = [];
    await eventually(
      async () => {
        for (const name of await changedTo("3")) if (!order.includes(name)) order.push(name);
        return order.length === NAMES.length ? true : undefined;
      },
      { what: "every platform is changed", timeoutMs: 90_000, everyMs: 10 },
    );
    expect(order.at(-1)).toBe("first");
    await release("first");
    await waitReady(api, "first");
  });
});
