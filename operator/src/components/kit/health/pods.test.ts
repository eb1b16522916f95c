import { expect, test } from "vitest";
import { pod } from "../../testing/observed.ts";
import { isPodReady, podProblem } from "./pods.ts";

const unschedulable = pod("a", {
  conditions: [
    {
      type: "PodScheduled",
      status: "False",
      reason: "Unschedulable",
      message: "0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims.",
    },
  ],
});

const crashing = pod("b", {
  container: {
    restartCount: 7,
    state: { waiting: { reason: "CrashLoopBackOff", message: "back-off 5m0s" } },
    lastState: { terminated: { exitCode: 1, reason: "Error" } },
  },
});

test("no problem while containers start and run", () => {
  const starting = pod("a", { container: { state: { waiting: { reason: "ContainerCreating" } } } });
  expect(podProblem([starting, pod("b", { ready: true })])).toBeUndefined();
});

test.each(["ErrImagePull", "ImagePullBackOff", "InvalidImageName"])("an image that cannot be had: %s", (reason) => {
  expect(podProblem([pod("a", { container: { state: { waiting: { reason } } } })])).toStrictEqual({
    message: "pod a cannot get its image registry.example/some:1: see its events",
    lasting: true,
  });
});

test("a crash names its exit code and the log to read", () => {
  expect(podProblem([crashing])).toStrictEqual({
    message: "pod b keeps ending (exit code 1): see kubectl logs -n some-layer b -c main --previous",
    lasting: true,
  });
});

test("out of memory is said as such", () => {
  const killed = pod("a", {
    container: {
      state: { waiting: { reason: "CrashLoopBackOff" } },
      lastState: { terminated: { exitCode: 137, reason: "OOMKilled" } },
    },
  });
  expect(podProblem([killed])?.message).toContain("pod a keeps ending (out of memory)");
});

test("a missing Secret or ConfigMap is named by the kubelet's message", () => {
  const waiting = { reason: "CreateContainerConfigError", message: 'secret "redis-credentials" not found' };
  expect(podProblem([pod("a", { container: { state: { waiting } } })])).toStrictEqual({
    message: 'pod a cannot start (CreateContainerConfigError): secret "redis-credentials" not found',
    lasting: true,
  });
});

test("no node, or no volume: may pass by itself", () => {
  expect(podProblem([unschedulable])).toStrictEqual({
    message: "no node takes pod a: 0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims.",
    lasting: false,
  });
});

test("what lasts comes before what may pass, whatever the order of the pods", () => {
  expect(podProblem([unschedulable, crashing])).toStrictEqual(podProblem([crashing]));
  expect(podProblem([crashing, unschedulable])).toStrictEqual(podProblem([crashing]));
});

test("a pod that is ending has no problem, and is not ready", () => {
  const ending = pod("b", { ready: true, deleting: true });
  expect(podProblem([{ ...crashing, metadata: ending.metadata }])).toBeUndefined();
  expect(isPodReady(ending)).toBe(false);
  expect(isPodReady(pod("a", { ready: true }))).toBe(true);
});
