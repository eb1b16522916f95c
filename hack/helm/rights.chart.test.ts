import {
  APPLIED_TYPES,
  BACKUP_TYPE,
  NAMESPACE_TYPE,
  PLATFORM_TYPE,
  SECRET_TYPE,
  WATCHED_TYPES,
} from "@profile-platform/operator/kinds";
import type { KubernetesObject } from "@profile-platform/operator/kubernetes";
import { NAMESPACE_CLUSTER_ROLE } from "@profile-platform/operator/names";
import { beforeAll, expect, test } from "vitest";
import { run } from "../cluster/embedded/command.ts";
import { ensureHelm } from "./helm.ts";
import { renderChart } from "./render.ts";
import { right, rightsOf } from "./rights.ts";

let objects: readonly KubernetesObject[];
/** Roles that the operator makes in platforms, and whose rights it must have itself to be allowed to. */
let handedOn: readonly KubernetesObject[];

beforeAll(async () => {
  objects = await renderChart(await ensureHelm());
  const rendered = await run("operator/bin/profileplatform", ["render", "-f", "samples/demo.yaml", "-o", "json"]);
  const { items } = JSON.parse(rendered) as { items: readonly KubernetesObject[] };
  handedOn = items.filter(({ kind }) => kind === "Role");
});

function rightsIn(kind: "ClusterRole" | "Role", name: string): readonly string[] {
  const role = objects.find((object) => object.kind === kind && object.metadata.name === name);
  if (role === undefined) throw new Error(`the chart makes no ${kind} ${name}`);
  return rightsOf(role);
}

const of = (verbs: readonly string[], types: readonly { readonly plural: string; readonly group: string }[]) =>
  types.flatMap(({ plural: resource, group }) => verbs.map((verb) => right(verb, { resource, group })));
const sorted = (rights: readonly string[]) => [...new Set(rights)].sort();

const ROLE_BINDINGS = { plural: "rolebindings", group: "rbac.authorization.k8s.io" };
/** What is handed on of single objects by their names, without the names. */
const named = (rights: readonly string[]) => rights.flatMap((one) => /^(.*)\/[^/]+$/.exec(one)?.[1] ?? []);
const unnamed = (rights: readonly string[]) => rights.filter((one) => !one.includes("/"));

const LEASES = { resource: "leases", group: "coordination.k8s.io" };
const READ = ["get", "list", "watch"];

test("in the whole cluster: reads what is watched, makes namespaces, binds one role, and nothing else", () => {
  expect(rightsIn("ClusterRole", "profile-platform-operator")).toEqual(
    sorted([
      ...of(READ, [PLATFORM_TYPE, BACKUP_TYPE, ...WATCHED_TYPES]),
      ...of(["create", "patch", "delete"], [BACKUP_TYPE]),
      ...of(["update"], [{ ...BACKUP_TYPE, plural: `${BACKUP_TYPE.plural}/status` }]),
      ...of(["update"], [{ ...PLATFORM_TYPE, plural: `${PLATFORM_TYPE.plural}/status` }]),
      ...of(["update"], [{ ...PLATFORM_TYPE, plural: `${PLATFORM_TYPE.plural}/finalizers` }]),
      ...of(["create", "patch", "delete"], [NAMESPACE_TYPE]),
      ...of(["create", "patch"], [ROLE_BINDINGS]),
      right("bind", { resource: "clusterroles", group: "rbac.authorization.k8s.io", name: NAMESPACE_CLUSTER_ROLE }),
    ]),
  );
});

test("Secrets cannot be read in the whole cluster", () => {
  expect(rightsIn("ClusterRole", "profile-platform-operator").filter((name) => name.includes("secrets"))).toEqual([]);
});

test("in a platform's namespaces: writes what is applied there, reads its Secrets, hands on its Roles, nothing else", () => {
  expect(handedOn.map(({ metadata }) => metadata.name)).toEqual(
    expect.arrayContaining(["postgresql", "pod-reader", "token-issuer"]),
  );
  expect(rightsIn("ClusterRole", NAMESPACE_CLUSTER_ROLE)).toEqual(
    sorted([
      ...of(
        ["create", "patch", "delete"],
        APPLIED_TYPES.filter(({ namespaced }) => namespaced),
      ),
      ...of(READ, [SECRET_TYPE]),
      ...unnamed(handedOn.flatMap(rightsOf)),
    ]),
  );
});

test("what it hands on of single objects, it may do to all of their kind", () => {
  const own = ["profile-platform-operator", NAMESPACE_CLUSTER_ROLE].flatMap((name) => rightsIn("ClusterRole", name));
  const handed = named(handedOn.flatMap(rightsOf));
  expect(sorted(handed)).toEqual(["get configmaps", "get secrets"]);
  expect(own).toEqual(expect.arrayContaining(handed));
});

test("beside that: its own Lease, and Events about ProfilePlatforms", () => {
  const name = "profile-platform-operator";
  expect(rightsIn("Role", "profile-platform-operator-lease")).toEqual(
    sorted([right("create", LEASES), ...["get", "watch", "update"].map((verb) => right(verb, { ...LEASES, name }))]),
  );
  expect(rightsIn("Role", "profile-platform-operator-events")).toEqual(
    of(["create", "patch"], [{ plural: "events", group: "events.k8s.io" }]),
  );
});
