import { describe, expect, it } from "vitest";
import { objectPath, ResourceTypes, resourcePath } from "./resource-type.ts";

const namespace = { group: "", version: "v1", kind: "Namespace", plural: "namespaces", namespaced: false };
const deployment = { group: "apps", version: "v1", kind: "Deployment", plural: "deployments", namespaced: true };

describe("resourcePath", () => {
  it.each([
    [namespace, {}, "/api/v1/namespaces"],
    [namespace, { name: "a" }, "/api/v1/namespaces/a"],
    [deployment, {}, "/apis/apps/v1/deployments"],
    [deployment, { namespace: "a" }, "/apis/apps/v1/namespaces/a/deployments"],
    [deployment, { namespace: "a", name: "b" }, "/apis/apps/v1/namespaces/a/deployments/b"],
    [
      deployment,
      { namespace: "a", name: "b", subresource: "status" },
      "/apis/apps/v1/namespaces/a/deployments/b/status",
    ],
  ])("of %o %o", (type, ref, path) => {
    expect(resourcePath(type, ref)).toBe(path);
  });

  it("cannot be led elsewhere by a name", () => {
    expect(resourcePath(namespace, { name: "../nodes?x" })).toBe("/api/v1/namespaces/..%2Fnodes%3Fx");
  });

  it("refuses a namespace too many and one too few", () => {
    expect(() => resourcePath(namespace, { namespace: "a" })).toThrow("Namespace has no namespace, but a was given");
    expect(() => resourcePath(deployment, { name: "a" })).toThrow("Deployment a needs a namespace");
  });
});

describe("ResourceTypes", () => {
  it("finds a type by apiVersion and kind, and says so when it is missing", () => {
    const types = new ResourceTypes([namespace, deployment]);
    expect(types.of({ apiVersion: "apps/v1", kind: "Deployment" })).toBe(deployment);
    expect(() => types.of({ apiVersion: "v1", kind: "Pod" })).toThrow(
      "the type v1 Pod is not known here: add it to the list of resource types",
    );
    expect(objectPath(deployment, { metadata: { namespace: "a", name: "b" } }, "scale")).toMatch(
      /a\/deployments\/b\/scale$/,
    );
  });
});
