import { describe, expect, test } from "vitest";
import type { KubernetesObject } from "../../../kubernetes.ts";
import { observed, settled, workload } from "../../testing/observed.ts";
import { SAMPLE_MODEL } from "../../testing/sample-model.ts";
import { health } from "./health.ts";

const THREE = { ...SAMPLE_MODEL, redis: { ...SAMPLE_MODEL.redis, replicas: 3 } };

function member(ordinal: number, ready: { readonly redis: boolean; readonly sentinel: boolean }): KubernetesObject {
  const status = ready.redis && ready.sentinel ? "True" : "False";
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: `redis-${ordinal}`, namespace: "data-layer" },
    status: {
      conditions: [{ type: "Ready", status }],
      containerStatuses: Object.entries(ready).map(([name, isReady]) => ({ name, ready: isReady })),
    },
  };
}

const members = (...ready: readonly { readonly redis: boolean; readonly sentinel: boolean }[]) =>
  ready.map((one, ordinal) => member(ordinal, one));

const running = (readyReplicas: number) =>
  workload("StatefulSet", "redis", 3, { replicas: 3, updatedReplicas: 3, readyReplicas });

const WELL = { redis: true, sentinel: true };
const BLIND = { redis: true, sentinel: false };

describe("health", () => {
  test("ready with all members", () => {
    const live = observed([settled("StatefulSet", "redis", 3)], members(WELL, WELL, WELL));
    expect(health(live, THREE)).toStrictEqual({ state: "Ready", ready: 3, wanted: 3, message: "" });
  });

  test("a lost member is named, and the others go on", () => {
    const live = observed([running(2)], members(WELL, WELL, { redis: false, sentinel: true }));
    expect(health(live, THREE)).toStrictEqual({
      state: "Progressing",
      ready: 2,
      wanted: 3,
      message: "2 of 3 pods are ready: redis-2 runs and is not ready",
    });
  });

  test("no Sentinel finds a master: nobody can write", () => {
    const live = observed([running(0)], members(BLIND, BLIND, BLIND));
    expect(health(live, THREE)).toStrictEqual({
      state: "Progressing",
      ready: 0,
      wanted: 3,
      message: "0 of 3 pods are ready: redis-0 runs and is not ready; no Sentinel finds a master that is well",
    });
  });

  test("before it is made, the platform says how many there will be", () => {
    expect(health(observed([]), THREE)).toMatchObject({ state: "Progressing", ready: 0, wanted: 3 });
    expect(health(observed([]), SAMPLE_MODEL)).toMatchObject({ state: "Progressing", ready: 0, wanted: 1 });
  });
});
