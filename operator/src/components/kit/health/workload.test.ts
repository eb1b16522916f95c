import { expect, test } from "vitest";
import { observed, pod, settled, workload } from "../../testing/observed.ts";
import { workloadHealth } from "./workload.ts";

const health = (...live: Parameters<typeof observed>) => workloadHealth(observed(...live), "Deployment", "server", 3);

test("ready when every pod is of the latest version and ready", () => {
  expect(health([settled("Deployment", "server", 3)])).toStrictEqual({
    state: "Ready",
    ready: 3,
    wanted: 3,
    message: "",
  });
});

test("not there yet", () => {
  expect(health([])).toStrictEqual({
    state: "Progressing",
    ready: 0,
    wanted: 3,
    message: "Deployment server is not there yet",
  });
});

test("full numbers of an earlier generation do not count", () => {
  const status = { observedGeneration: 1, replicas: 3, updatedReplicas: 3, readyReplicas: 3 };
  expect(health([workload("Deployment", "server", 3, status)])).toStrictEqual({
    state: "Progressing",
    ready: 3,
    wanted: 3,
    message: "Deployment server was changed just now",
  });
});

test.each([
  [{ replicas: 4, updatedReplicas: 1, readyReplicas: 3 }, 3, "1 of 3 pods are of the latest version"],
  [{ replicas: 3, updatedReplicas: 3, readyReplicas: 2 }, 2, "2 of 3 pods are ready"],
  [{ replicas: 4, updatedReplicas: 3, readyReplicas: 4 }, 3, "1 old pods are ending"],
  [{}, 0, "0 of 3 pods are of the latest version"],
])("on the way: %j", (status, ready, message) => {
  expect(health([workload("Deployment", "server", 3, status)])).toStrictEqual({
    state: "Progressing",
    ready,
    wanted: 3,
    message,
  });
});

test("a pod that runs and is not ready is named, one that only starts is not", () => {
  const status = { replicas: 3, updatedReplicas: 3, readyReplicas: 1 };
  const starting = pod("server-a", { container: { state: { waiting: { reason: "ContainerCreating" } } } });
  const hung = pod("server-b", { container: { state: { running: {} } } });
  expect(
    health([workload("Deployment", "server", 3, status)], [hung, starting, pod("server-c", { ready: true })]).message,
  ).toBe("1 of 3 pods are ready: server-b runs and is not ready");
});

test("the autoscaler's number is the one that is wanted", () => {
  expect(health([settled("Deployment", "server", 7)])).toMatchObject({ state: "Ready", ready: 7, wanted: 7 });
});

test("a pod that cannot run fails the component, even beside enough ready ones", () => {
  const broken = pod("server-b", { container: { state: { waiting: { reason: "ImagePullBackOff" } } } });
  const rolling = workload("Deployment", "server", 3, { replicas: 4, updatedReplicas: 1, readyReplicas: 3 });
  expect(health([rolling], [pod("server-a", { ready: true }), broken])).toStrictEqual({
    state: "Failed",
    ready: 3,
    wanted: 3,
    message: "pod server-b cannot get its image registry.example/some:1: see its events",
  });
});

test("an update that makes no progress fails", () => {
  const conditions = [
    { type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded", message: "timed out progressing." },
  ];
  const stuck = workload("Deployment", "server", 3, { replicas: 4, updatedReplicas: 1, readyReplicas: 3, conditions });
  expect(health([stuck])).toMatchObject({
    state: "Failed",
    message: "the update makes no progress: timed out progressing.",
  });
});

test("pods that the API server refuses are told with the reason, and without the name that changes with each try", () => {
  const message =
    'pods "server-75-x2" is forbidden: exceeded quota: theirs, requested: pods=1, used: pods=1, limited: pods=1';
  const conditions = [{ type: "ReplicaFailure", status: "True", reason: "FailedCreate", message }];
  const short = workload("Deployment", "server", 3, { replicas: 1, updatedReplicas: 1, readyReplicas: 1, conditions });
  expect(health([short])).toMatchObject({
    state: "Progressing",
    message: "its pods are refused: exceeded quota: theirs, requested: pods=1, used: pods=1, limited: pods=1",
  });
});
