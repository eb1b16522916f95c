import { APPLIED_TYPES } from "@profile-platform/operator/kinds";
import { describe, expect, test } from "vitest";
import { contentOf, deedsFor, patchOf } from "./deeds.ts";

const object = (kind: string, fields = {}) => ({ apiVersion: "v1", kind, metadata: { name: "a" }, ...fields });

describe("deeds", () => {
  test.each(APPLIED_TYPES.map(({ kind }) => kind))("something can be edited in a %s", (kind) => {
    expect(deedsFor(object(kind))).toContain("edit");
    expect(patchOf("edit", kind)).toBeDefined();
  });

  test("a namespace is never deleted, everything else that is at hand is", () => {
    expect(deedsFor(object("Namespace"))).toEqual(["edit", "unlabel"]);
    expect(deedsFor(object("ConfigMap"))).toEqual(["edit", "add", "unlabel", "delete"]);
  });
});

describe("contentOf", () => {
  test("leaves out what Kubernetes fills in", () => {
    const service = object("Service", {
      spec: { clusterIP: "10.0.0.1", clusterIPs: ["10.0.0.1"], ports: [] },
      status: {},
    });
    expect(contentOf({ ...service, metadata: { name: "a", resourceVersion: "1", labels: { a: "b" } } })).toEqual({
      apiVersion: "v1",
      kind: "Service",
      spec: { ports: [] },
      metadata: { labels: { a: "b" }, ownerReferences: undefined },
    });
  });
});
