import { expect, test } from "vitest";
import type { KubernetesObject } from "../../kubernetes.ts";
import type { ManagedFieldsEntry } from "./managed-fields.ts";
import { differOnlyIn, removeAdditions } from "./whole-parts.ts";

const MANAGER = "ours";
const UID = { op: "test", path: "/metadata/uid", value: "u" };
const OURS: ManagedFieldsEntry = {
  manager: MANAGER,
  operation: "Apply",
  fieldsV1: { "f:data": { "f:a": {} }, "f:spec": { "f:ports": {}, "f:template": { "f:spec": {} } } },
};

function object(fields: object, ...others: ManagedFieldsEntry[]): KubernetesObject {
  const metadata = { name: "a", uid: "u", managedFields: [OURS, ...others] };
  return { apiVersion: "v1", kind: "ConfigMap", metadata, ...fields };
}

const set = (fieldsV1: ManagedFieldsEntry["fieldsV1"] = {}): ManagedFieldsEntry => ({
  manager: "kubectl-edit",
  operation: "Update",
  fieldsV1,
});

test("a part in which another set something is replaced whole", () => {
  const answer = object({ data: { a: "1", b: "2" } }, set({ "f:data": { "f:b": {} } }));
  expect(removeAdditions(object({ data: { a: "1" } }), answer, MANAGER, ["/data", "/binaryData"])).toEqual([
    UID,
    { op: "replace", path: "/data", value: { a: "1" } },
  ]);
});

test("a part that is not wanted at all is removed", () => {
  const answer = object({ spec: { selector: { app: "theirs" } } }, set({ "f:spec": { "f:selector": {} } }));
  expect(removeAdditions(object({ spec: {} }), answer, MANAGER, ["/spec/ports", "/spec/selector"])).toEqual([
    UID,
    { op: "remove", path: "/spec/selector" },
  ]);
});

test("nothing is sent when nobody else set anything there, whatever they set elsewhere", () => {
  const live = {
    spec: { template: { metadata: { annotations: {} }, spec: { containers: [], restartPolicy: "Always" } } },
  };
  const restarted = set({ "f:spec": { "f:template": { "f:metadata": { "f:annotations": { "f:restartedAt": {} } } } } });
  const status: ManagedFieldsEntry = { manager: "controller", subresource: "status", fieldsV1: { "f:status": {} } };
  expect(removeAdditions(object(live), object(live, restarted, status), MANAGER, ["/spec/template/spec"])).toEqual([]);
});

test("a field that another set with everything in it counts, and so does an edit in this manager's name", () => {
  const live = { spec: { template: { spec: {} } } };
  const parts = ["/spec/template/spec"];
  expect(removeAdditions(object(live), object(live, set({ "f:spec": {} })), MANAGER, parts)).toHaveLength(2);
  const inItsName = { ...set({ "f:spec": { "f:template": { "f:spec": { "f:x": {} } } } }), manager: MANAGER };
  expect(removeAdditions(object(live), object(live, inItsName), MANAGER, parts)).toHaveLength(2);
});

test("two states differ only in parts when every field that differs is one or is in one", () => {
  const parts = ["/spec/template/spec", "/spec/ports"];
  const state = (spec: object, labels: object = {}) => ({ metadata: { labels }, spec });
  const before = state({ ports: [{ port: 1 }], template: { spec: { x: 1 } } });
  expect(differOnlyIn(before, state({ ports: [{ port: 2 }], template: { spec: { x: 2 } } }), parts)).toBe(true);
  expect(differOnlyIn(before, state({ template: { spec: { x: 1 } } }), parts)).toBe(true);
  expect(differOnlyIn(before, state({ ...before.spec, portsOfOthers: 1 }), parts)).toBe(false);
  expect(differOnlyIn(before, state(before.spec, { a: "b" }), parts)).toBe(false);
});
