import { expect, test } from "vitest";
import type { KubernetesObject } from "../../kubernetes.ts";
import { ANNOTATION_SPEC_HASH } from "../../labels.ts";
import { createPaint } from "../paint.ts";
import { REDACTED } from "../redact.ts";
import { describeDifference, fieldChanges, valueAt } from "./difference.ts";

const object = (kind: string, rest: object, metadata: object = {}): KubernetesObject => ({
  apiVersion: "v1",
  kind,
  metadata: { name: "one", namespace: "two", ...metadata },
  ...rest,
});

test("fields that differ are told with both values; bookkeeping and status are not", () => {
  const before = object(
    "Service",
    { spec: { a: 1, b: [1] }, status: { x: 1 } },
    { resourceVersion: "1", generation: 1 },
  );
  const after = object(
    "Service",
    { spec: { a: 2, b: [1, 2] }, status: { x: 2 } },
    { resourceVersion: "2", generation: 2 },
  );
  expect(fieldChanges(before, after)).toEqual([
    { path: "spec.a", from: "1", to: "2" },
    { path: "spec.b[1]", from: undefined, to: "2" },
  ]);
});

test("values of a Secret are never told", () => {
  const changes = fieldChanges(object("Secret", { data: { a: "b2xk" } }), object("Secret", { data: { a: "bmV3" } }));
  expect(changes).toEqual([{ path: "data.a", from: REDACTED, to: REDACTED }]);
});

test("the hash of what is wanted says nothing beside what changed", () => {
  const hashed = (hash: string, replicas: number) =>
    object("Deployment", { spec: { replicas } }, { annotations: { [ANNOTATION_SPEC_HASH]: hash } });
  expect(fieldChanges(hashed("x", 1), hashed("y", 2)).map(({ path }) => path)).toEqual(["spec.replicas"]);
  expect(fieldChanges(hashed("x", 1), hashed("y", 1))).toHaveLength(1);
});

test("of texts of several lines, the lines that differ are told", () => {
  const changes = fieldChanges(
    object("ConfigMap", { data: { "a.conf": "one\ntwo\nthree\n" } }),
    object("ConfigMap", { data: { "a.conf": "one\n2\nthree\n" } }),
  );
  expect(changes).toEqual([
    { path: 'data["a.conf"]', from: '"two"', to: undefined },
    { path: 'data["a.conf"]', from: undefined, to: '"2"' },
  ]);
});

test.each([
  ["a.b", { a: { b: 1 } }, 1],
  ["a[1].b", { a: [0, { b: 2 }] }, 2],
  ['a["x.y/z"]', { a: { "x.y/z": 3 } }, 3],
  ["a.missing", { a: {} }, undefined],
])("finds the value at %s", (path, value, found) => {
  expect(valueAt(value, path)).toBe(found);
});

test("each change has its sign", () => {
  const paint = createPaint(false);
  expect(describeDifference({ change: "created", object: "Job a/b" }, paint)).toBe("+ Job a/b");
  expect(describeDifference({ change: "removed", object: "Job a/b" }, paint)).toBe("- Job a/b");
  expect(describeDifference({ change: "refused", object: "Job a/b", message: "Why." }, paint)).toBe(
    "! Job a/b\n    Why.",
  );
  const fields = [{ path: "spec.a", from: "1", to: undefined }];
  expect(describeDifference({ change: "changed", object: "Job a/b", fields }, paint)).toBe(
    "~ Job a/b\n    spec.a: 1 → (none)",
  );
});
