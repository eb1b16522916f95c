import type { KubernetesObject } from "@profile-platform/operator/kubernetes";
import { expect, test } from "vitest";
import { membersIn } from "./members.ts";

function pod(name: string, node: string, ready: "True" | "False", more: object = {}): KubernetesObject {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, uid: `uid-${name}`, ...more },
    spec: { nodeName: node },
    status: {
      podIP: `ip-${name}`,
      conditions: [{ type: "Ready", status: ready }],
      containerStatuses: [{ containerID: `containerd://id-${name}` }],
    },
  };
}

function lock(leader: string): KubernetesObject {
  return { apiVersion: "v1", kind: "Endpoints", metadata: { name: "postgresql", annotations: { leader } } };
}

const OTHER: KubernetesObject = { apiVersion: "v1", kind: "Endpoints", metadata: { name: "postgresql-sync" } };

test("the primary is the one in the lock, whether it is ready or not", () => {
  const items = [
    OTHER,
    pod("postgresql-0", "node1", "True"),
    pod("postgresql-1", "node2", "False"),
    lock("postgresql-1"),
  ];
  expect(membersIn(items)).toEqual({
    primary: {
      pod: "postgresql-1",
      uid: "uid-postgresql-1",
      node: "node2",
      address: "ip-postgresql-1",
      containerId: "id-postgresql-1",
      ready: false,
    },
    replicas: [
      {
        pod: "postgresql-0",
        uid: "uid-postgresql-0",
        node: "node1",
        address: "ip-postgresql-0",
        containerId: "id-postgresql-0",
        ready: true,
      },
    ],
  });
});

test("a pod that is on its way out is not ready", () => {
  const leaving = pod("postgresql-0", "node1", "True", { deletionTimestamp: "2026-01-31T12:00:00Z" });
  expect(membersIn([leaving, lock("postgresql-0")]).primary.ready).toBe(false);
});

test("a pod that runs nowhere yet has no container", () => {
  const pending: KubernetesObject = { apiVersion: "v1", kind: "Pod", metadata: { name: "postgresql-0" } };
  expect(membersIn([pending, lock("postgresql-0")]).primary).toMatchObject({ containerId: "", node: "", ready: false });
});

test("a lock that is nobody's, or a pod's that is gone, is told", () => {
  const one = pod("postgresql-0", "node1", "True");
  expect(() => membersIn([one])).toThrow("its lock names nobody");
  expect(() => membersIn([one, lock("")])).toThrow("its lock names nobody");
  expect(() => membersIn([one, lock("postgresql-1")])).toThrow("its lock names postgresql-1");
});
