import {
  APPLIED_TYPES,
  NAMESPACE_TYPE,
  PLATFORM_TYPE,
  SECRET_TYPE,
  WATCHED_TYPES,
} from "@profile-platform/operator/kinds";
import type { KubernetesObject } from "@profile-platform/operator/kubernetes";
import { NAMESPACE_CLUSTER_ROLE } from "@profile-platform/operator/names";
import { beforeAll, expect, test } from "vitest";
import { ensureHelm } from "./helm.ts";
import { renderChart } from "./render.ts";
import { right, rightsOf } from "./rights.ts";

let objects: readonly KubernetesObject[];

beforeAll(async () => {
  objects = await renderChart(await ensureHelm());
});

function rightsOfClusterRole(name: string): readonly string[] {
  const role = objects.find((object) => object.kind === "ClusterRole" && object.metadata.name === name);
  if (role === undefined) throw new Error(`the chart makes no ClusterRole ${name}`);
  return rightsOf(role);
}

const of = (verbs: readonly string[], types: readonly { readonly plural: string; readonly group: string }[]) =>
  types.flatMap(({ plural: resource, group }) => verbs.map((verb) => right(verb, { resource, group })));

const ROLE_BINDINGS = { plural: "rolebindings", group: "rbac.authorization.k8s.io" };
const READ = ["get", "list", "watch"];

test("in the whole cluster: reads what is watched, makes namespaces, binds one role, and nothing else", () => {
  const expected = [
    ...of(READ, [PLATFORM_TYPE, ...WATCHED_TYPES]),
    ...of(["patch"], [PLATFORM_TYPE]),
    ...of(["patch", "update"], [{ ...PLATFORM_TYPE, plural: `${PLATFORM_TYPE.plural}/status` }]),
    ...of(["update"], [{ ...PLATFORM_TYPE, plural: `${PLATFORM_TYPE.plural}/finalizers` }]),
    ...of(["create", "patch", "delete"], [NAMESPACE_TYPE]),
    ...of(["create", "patch"], [ROLE_BINDINGS]),
    right("bind", { resource: "clusterroles", group: "rbac.authorization.k8s.io", name: NAMESPACE_CLUSTER_ROLE }),
    ...of(["create", "patch"], [{ plural: "events", group: "events.k8s.io" }]),
  ];
  expect(rightsOfClusterRole("profile-platform-operator")).toEqual([...new Set(expected)].sort());
});

test("Secrets cannot be read in the whole cluster", () => {
  expect(rightsOfClusterRole("profile-platform-operator").filter((name) => name.includes("secrets"))).toEqual([]);
});

test("in a platform's namespaces: writes what is applied there, and reads its Secrets", () => {
  const applied = APPLIED_TYPES.filter(({ namespaced }) => namespaced);
  const rights = rightsOfClusterRole(NAMESPACE_CLUSTER_ROLE);
  expect(rights).toEqual(expect.arrayContaining(of(["create", "patch", "delete"], applied)));
  expect(rights).toEqual(expect.arrayContaining(of(READ, [SECRET_TYPE])));
});
