import type { KubernetesObject } from "@profile-platform/operator/kubernetes";
import { expect, test } from "vitest";
import { editsOf } from "./edits.ts";
import { ownedFields } from "./owned-fields.ts";

const object = {
  apiVersion: "v1",
  kind: "Service",
  metadata: {
    name: "a",
    labels: { "example.com/ours": "1", theirs: "2" },
    finalizers: ["x", "y"],
    managedFields: [
      {
        manager: "profile-platform-operator",
        operation: "Apply",
        fieldsV1: {
          "f:metadata": { "f:labels": { ".": {}, "f:example.com/ours": {} }, "f:finalizers": { 'v:"y"': {} } },
          "f:spec": {
            "f:selector": {},
            "f:gone": {},
            "f:ports": { 'k:{"port":2,"protocol":"TCP"}': { ".": {}, "f:name": {} } },
          },
        },
      },
      { manager: "somebody", operation: "Update", fieldsV1: { "f:metadata": { "f:labels": { "f:theirs": {} } } } },
    ],
  },
  spec: {
    selector: { app: "a" },
    ports: [
      { port: 1, protocol: "TCP", name: "one" },
      { port: 2, protocol: "TCP", name: "two" },
    ],
  },
} as unknown as KubernetesObject;

test("what the operator applied is found where it stands, in lists by key and by value, and nothing else is", () => {
  expect(ownedFields(object)).toEqual([
    {
      pointer: "/metadata/labels/example.com~1ours",
      value: "1",
      fieldClass: "Service metadata labels example.com/ours",
    },
    { pointer: "/metadata/finalizers/1", value: "y", fieldClass: "Service metadata finalizers *" },
    { pointer: "/spec/selector", value: { app: "a" }, fieldClass: "Service spec selector" },
    { pointer: "/spec/ports/1/name", value: "two", fieldClass: "Service spec ports * name" },
  ]);
});

test.each([
  [8080, [8081, 8079]],
  [true, [false]],
  ["200m", ["200m-edited", "300m"]],
  ["text", ["text-edited", "edited"]],
  [["a", "b"], [["b"]]],
  [{ a: 1 }, []],
])("of %j, other values are tried first, and at last none", (value, others) => {
  const edits = editsOf({ pointer: "/spec/a", value, fieldClass: "" });
  expect(edits.slice(0, -1).map((edit) => edit.value)).toEqual(others);
  expect(edits.at(-1)).toEqual({ op: "remove", path: "/spec/a" });
});
