import { expect, test } from "vitest";
import { appliedFields } from "./applied-fields.ts";

const LIVE = {
  apiVersion: "v1",
  kind: "Service",
  metadata: {
    name: "server",
    namespace: "a",
    uid: "1",
    resourceVersion: "9",
    labels: { "example.com/ours": "x", theirs: "y" },
    ownerReferences: [
      { apiVersion: "v1", kind: "ProfilePlatform", name: "p", uid: "u1" },
      { apiVersion: "v1", kind: "Other", name: "o", uid: "u2" },
    ],
    finalizers: ["example.com/ours", "theirs"],
    managedFields: [
      { manager: "kubectl", operation: "Update", fieldsV1: { "f:metadata": { "f:labels": { "f:theirs": {} } } } },
      {
        manager: "operator",
        operation: "Apply",
        fieldsV1: {
          "f:metadata": {
            "f:labels": { "f:example.com/ours": {} },
            "f:ownerReferences": { 'k:{"uid":"u1"}': {} },
            "f:finalizers": { 'v:"example.com/ours"': {} },
          },
          "f:spec": {
            "f:ports": {
              'k:{"port":80,"protocol":"TCP"}': { ".": {}, "f:name": {}, "f:port": {} },
            },
            "f:selector": {},
            "f:empty": { ".": {} },
          },
        },
      },
    ],
  },
  spec: {
    clusterIP: "10.0.0.1",
    ports: [
      { name: "other", port: 81, protocol: "TCP" },
      { name: "http", port: 80, protocol: "TCP", targetPort: 80 },
    ],
    selector: { app: "server" },
    empty: {},
  },
};

test("what a manager applied is there, and nothing else", () => {
  expect(appliedFields(LIVE, "operator")).toEqual({
    apiVersion: "v1",
    kind: "Service",
    metadata: {
      name: "server",
      namespace: "a",
      labels: { "example.com/ours": "x" },
      ownerReferences: [{ apiVersion: "v1", kind: "ProfilePlatform", name: "p", uid: "u1" }],
      finalizers: ["example.com/ours"],
    },
    spec: { ports: [{ name: "http", port: 80 }], selector: { app: "server" }, empty: {} },
  });
});

test("an object that the manager did not apply is no template", () => {
  expect(() => appliedFields(LIVE, "kubectl")).toThrow("Service server was not applied by kubectl");
});

test("a field that was applied and is gone is told", () => {
  const gone = { ...LIVE, spec: { ...LIVE.spec, selector: undefined } };
  expect(() => appliedFields(gone, "operator")).toThrow("the live object has lost the field selector");
});
