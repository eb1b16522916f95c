import type { KubernetesObject } from "@profile-platform/operator/kubernetes";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ClassBench, startClassBench, waitCondition } from "../../control-plane/support/class-bench.ts";
import { waitIdle } from "../../control-plane/support/idle.ts";
import type { KubeApi } from "../../control-plane/support/kube-api.ts";
import { eventsAbout } from "../../control-plane/support/told.ts";
import { eventually } from "../../support/eventually.ts";
import { condition } from "../../support/platform.ts";

const NAME = "contested";
const CONFIG = { apiVersion: "v1", kind: "ConfigMap", metadata: { namespace: "server-layer", name: "server" } };
const QUOTA = { apiVersion: "v1", kind: "ResourceQuota", metadata: { namespace: "data-layer", name: "layer" } };
const RIVAL = "config-painter";

let bench: ClassBench;
let api: KubeApi;
let wanted: unknown;
/** Monotonic milliseconds. */
let lastTakenBack = 0;

beforeAll(async () => {
  bench = await startClassBench();
  ({ api } = bench);
  await api.createPlatform(NAME, {});
  await bench.waitReady(NAME);
  await waitIdle(bench.operator);
  wanted = (await api.get(CONFIG))?.["data"];
});

afterAll(async () => {
  await bench?.stop();
});

const level = (object: KubernetesObject | undefined) =>
  (object?.["data"] as Readonly<Record<string, string>> | undefined)?.["LOG_LEVEL"];

/** Another controller sets a field of a ConfigMap, in the way that `contentType` stands for. */
async function take(manager: string, contentType: "application/merge-patch+json" | "application/apply-patch+yaml") {
  await api.patch(CONFIG, { ...CONFIG, data: { LOG_LEVEL: "trace" } }, { fieldManager: manager, contentType });
}

/** When the operator has the field back, in monotonic milliseconds. */
async function takenBack(): Promise<number> {
  await eventually(async () => (level(await api.get(CONFIG)) === "info" ? true : undefined), {
    what: "the field is taken back",
    timeoutMs: 30_000,
    everyMs: 5,
  });
  return performance.now();
}

test("a field that another manager takes is taken back at once, and its name is told", async () => {
  await take("kubectl-edit", "application/merge-patch+json");
  const taken = performance.now();
  expect((await takenBack()) - taken).toBeLessThan(1_000);
  expect((await api.get(CONFIG))?.["data"]).toEqual(wanted);
  const notes = await eventually(
    async () => {
      const events = await eventsAbout(api, NAME, "DriftCorrected");
      return events.length > 0 ? events.map(({ note }) => note) : undefined;
    },
    { what: "the correction is told", timeoutMs: 10_000 },
  );
  expect(notes).toEqual(["ConfigMap server-layer/server was changed by kubectl-edit and is put back: data.LOG_LEVEL"]);
  expect(condition(await api.platform(NAME), "FieldsContested")).toBeUndefined();
});

describe("a manager that takes the same field again and again", () => {
  const message =
    'ConfigMap server-layer/server: "config-painter" sets .data.LOG_LEVEL again and again; it is taken back each time, ' +
    'after a pause of up to a minute. Stop "config-painter" from setting it, or change the ProfilePlatform to what it sets.';

  test("is named in a condition from the third time within a minute, with the cure", async () => {
    for (let round = 0; round < 3; round++) {
      await take(RIVAL, "application/apply-patch+yaml");
      lastTakenBack = await takenBack();
    }
    const contested = await waitCondition(api, NAME, "FieldsContested", "True", /./);
    expect(contested).toMatchObject({ reason: "FieldsContested", message });
    const platform = await api.platform(NAME);
    for (const [type, status] of [
      ["Applied", "False"],
      ["Stalled", "True"],
    ] as const) {
      expect(condition(platform, type)).toMatchObject({ status, reason: "FieldsContested", message });
    }
    expect(condition(platform, "Healthy")?.status).toBe("True");
    expect(condition(platform, "Ready")).toMatchObject({ status: "False", reason: "FieldsContested" });
  });

  test("is answered after a pause that doubles", async () => {
    const pauses: number[] = [];
    for (let round = 0; round < 3; round++) {
      await take(RIVAL, "application/apply-patch+yaml");
      const now = await takenBack();
      pauses.push(Math.round(now - lastTakenBack));
      lastTakenBack = now;
    }
    console.log(`taken back ${pauses.join(", ")} ms after the last time`);
    for (const [round, leastMs] of [1_000, 2_000, 4_000].entries()) {
      // Each is seen a little later than it happened.
      expect(pauses[round]).toBeGreaterThan(leastMs - 500);
      expect(pauses[round]).toBeLessThan(leastMs + 1_500);
    }
  });

  test("holds up nothing else: other objects are put right at once, and the spec is rolled out", async () => {
    await take(RIVAL, "application/apply-patch+yaml");
    const quota = (await api.get(QUOTA))?.["spec"];
    await api.patch(QUOTA, { spec: { hard: { pods: "1" } } });
    await eventually(
      async () => {
        expect((await api.get(QUOTA))?.["spec"]).toEqual(quota);
        return true;
      },
      { what: "the quota is as it was", timeoutMs: 2_000, everyMs: 5 },
    );
    expect(level(await api.get(CONFIG))).toBe("trace");
    // What is wanted of the contested object itself is another thing now: that does not wait.
    await api.patchPlatform(NAME, { server: { cache: { maxEntries: 77 } } });
    await eventually(
      async () => {
        expect((await api.get(CONFIG))?.["data"]).toEqual({ ...(wanted as object), CACHE_MAX_ENTRIES: "77" });
        return true;
      },
      { what: "the ConfigMap is as the new spec wants it", timeoutMs: 5_000, everyMs: 5 },
    );
  });

  test("is a warning, told once", async () => {
    const events = await eventsAbout(api, NAME, "FieldsContested");
    expect(events).toEqual([{ type: "Warning", reason: "FieldsContested", note: message }]);
  });
});

test("an operator that starts knows of no contest, and neither does the status", async () => {
  await bench.restartOperator();
  await bench.waitReady(NAME);
  expect(condition(await api.platform(NAME), "FieldsContested")).toBeUndefined();
});
