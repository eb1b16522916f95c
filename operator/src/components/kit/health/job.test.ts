import { expect, test } from "vitest";
import type { KubernetesObject } from "../../../kubernetes.ts";
import { observed, pod } from "../../testing/observed.ts";
import { jobHealth } from "./job.ts";

const job = (status: object): KubernetesObject => ({
  apiVersion: "batch/v1",
  kind: "Job",
  metadata: { name: "migrations-1", namespace: "some-layer" },
  status,
});

test.each([
  ["complete", { conditions: [{ type: "Complete", status: "True" }], succeeded: 1 }, "Ready", ""],
  ["running", { active: 1 }, "Progressing", "Job migrations-1 is running"],
  ["tried before", { active: 1, failed: 2 }, "Progressing", "Job migrations-1 failed 2 times and tries again"],
  [
    "given up",
    { conditions: [{ type: "Failed", status: "True", reason: "BackoffLimitExceeded" }], failed: 11 },
    "Failed",
    "Job migrations-1 failed (BackoffLimitExceeded): see kubectl logs -n some-layer job/migrations-1, then delete the Job to run it again",
  ],
])("%s", (_title, status, state, message) => {
  expect(jobHealth(observed([job(status)]), "migrations-1")).toStrictEqual({
    state,
    ready: state === "Ready" ? 1 : 0,
    wanted: 1,
    message,
  });
});

test("a Job of another version does not count", () => {
  const earlier = job({ conditions: [{ type: "Complete", status: "True" }] });
  expect(jobHealth(observed([earlier]), "migrations-2")).toStrictEqual({
    state: "Progressing",
    ready: 0,
    wanted: 1,
    message: "Job migrations-2 is not there yet",
  });
});

test("an image that cannot be had is said before the Job gives up", () => {
  const waiting = pod("migrations-1-x", { container: { state: { waiting: { reason: "ErrImagePull" } } } });
  expect(jobHealth(observed([job({ active: 1 })], [waiting]), "migrations-1")).toMatchObject({
    state: "Failed",
    message: "pod migrations-1-x cannot get its image registry.example/some:1: see its events",
  });
});
