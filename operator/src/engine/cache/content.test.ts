import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { contentOf, differingPaths, hashOf, sameJson } from "./content.ts";

describe("contentOf", () => {
  it("leaves out the status and what the server counts", () => {
    const metadata = { name: "a", uid: "u", labels: { x: "y" } };
    const object = {
      apiVersion: "v1",
      kind: "Service",
      metadata: { ...metadata, resourceVersion: "5", generation: 2, managedFields: [] },
      spec: { type: "ClusterIP" },
      status: { loadBalancer: {} },
    };
    expect(contentOf(object)).toEqual({ apiVersion: "v1", kind: "Service", metadata, spec: { type: "ClusterIP" } });
  });
});

describe("hashOf", () => {
  it("does not depend on the order of fields, but on that of lists", () => {
    expect(hashOf({ a: 1, b: { c: 2, d: 3 } })).toBe(hashOf({ b: { d: 3, c: 2 }, a: 1 }));
    expect(hashOf({ a: undefined })).toBe(hashOf({}));
    expect(hashOf([1, 2])).not.toBe(hashOf([2, 1]));
  });
});

describe("differingPaths", () => {
  it("names the fields, and the topmost one of a branch that one side lacks", () => {
    const before = {
      metadata: { labels: { "a/b": "1" } },
      spec: { containers: [{ image: "x:1", env: [] }], paused: true },
    };
    const after = {
      metadata: { labels: { "a/b": "2" } },
      spec: { containers: [{ image: "x:2", env: [] }, {}], size: {} },
    };
    expect(differingPaths(before, after)).toEqual([
      'metadata.labels["a/b"]',
      "spec.containers[0].image",
      "spec.containers[1]",
      "spec.paused",
      "spec.size",
    ]);
  });

  it("finds none exactly where two values have one hash", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        expect(sameJson(a, b)).toBe(hashOf(a) === hashOf(b));
        expect(differingPaths(a, structuredClone(a))).toEqual([]);
      }),
    );
  });
});
