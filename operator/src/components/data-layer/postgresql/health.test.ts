import { describe, expect, test } from "vitest";
import { LABEL_POSTGRESQL_ROLE } from "../../../labels.ts";
import { observed, pod, settled } from "../../testing/observed.ts";
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
