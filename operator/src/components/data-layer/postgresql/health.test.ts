import { describe, expect, test } from "vitest";
import { LABEL_POSTGRESQL_ROLE } from "../../../labels.ts";
import { observed, pod, settled, workload } from "../../testing/observed.ts";
import { SAMPLE_MODEL } from "../../testing/sample-model.ts";
import { health, primaryPod } from "./health.ts";

const STATEFUL_SET = settled("StatefulSet", "postgresql", 3);

const instance = (name: string, role: string, ready = true) =>
  pod(name, { ready, labels: { [LABEL_POSTGRESQL_ROLE]: role } });

describe("health", () => {
  test("ready with a primary", () => {
    const pods = [instance("postgresql-0", "replica"), instance("postgresql-1", "primary")];
    expect(health(observed([STATEFUL_SET], pods), SAMPLE_MODEL)).toStrictEqual({
      state: "Ready",
      ready: 3,
      wanted: 3,
      message: "",
    });
  });

  test("replicas alone serve no writes", () => {
    const pods = [instance("postgresql-0", "replica"), instance("postgresql-1", "replica")];
    expect(health(observed([STATEFUL_SET], pods), SAMPLE_MODEL)).toStrictEqual({
      state: "Progressing",
      ready: 3,
      wanted: 3,
      message: "no instance is the primary yet",
    });
  });

  test("without any data it says what that means and what to do", () => {
    const starting = workload("StatefulSet", "postgresql", 1, { replicas: 1, updatedReplicas: 1, readyReplicas: 0 });
    const empty = pod("postgresql-0", { annotations: { status: "stopped uninitialized" } });
    expect(health(observed([starting], [empty]), SAMPLE_MODEL)).toStrictEqual({
      state: "Progressing",
      ready: 0,
      wanted: 1,
      message:
        "no instance has any data. If this lasts, the database was lost with its volumes: restore it from a backup, or " +
        "begin an empty one with: kubectl delete endpoints postgresql-config -n data-layer",
    });
    const made = pod("postgresql-0", { annotations: { status: "initializing new cluster uninitialized" } });
    expect(health(observed([starting], [made]), SAMPLE_MODEL).message).toMatch(/^0 of 1 pods/);
  });

  test("before it is made, the platform says how many there will be", () => {
    expect(health(observed([]), SAMPLE_MODEL)).toMatchObject({ state: "Progressing", ready: 0, wanted: 1 });
  });
});

describe("primaryPod", () => {
  test("is the ready one, not the one that was", () => {
    const pods = [instance("postgresql-0", "primary", false), instance("postgresql-2", "primary")];
    expect(primaryPod(observed([], pods))).toBe("postgresql-2");
  });

  test("is none when the only primary is away", () => {
    expect(primaryPod(observed([], [instance("postgresql-0", "primary", false)]))).toBeUndefined();
  });
});
