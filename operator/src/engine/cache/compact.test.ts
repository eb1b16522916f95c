import { describe, expect, it } from "vitest";
import type { KubernetesObject } from "../../kubernetes.ts";
import type { ResourceType } from "../client/resource-type.ts";
import { compactor, contentDigest, isCompact, type Retention } from "./compact.ts";
import { Interner } from "./interner.ts";

const TYPE: ResourceType = {
  group: "apps",
  version: "v1",
  kind: "Deployment",
  plural: "deployments",
  namespaced: true,
};

const METADATA = {
  name: "a",
  namespace: "b",
  uid: "u",
  resourceVersion: "5",
  generation: 2,
  labels: { app: "a" },
  annotations: { read: "1", other: "2" },
  ownerReferences: [{ apiVersion: "v1", kind: "Owner", name: "o", uid: "v" }],
  finalizers: ["example.com/hold"],
};

const WHOLE: KubernetesObject = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: METADATA,
  spec: { replicas: 2, template: { spec: { containers: [{ name: "main", image: "x:1" }] } } },
  status: { conditions: [{ type: "Available", status: "True", message: "long" }], replicas: 2 },
};

const compact = (retention: Retention, object = WHOLE) => compactor(TYPE, retention, new Interner())(object);

describe("compactor", () => {
  it("keeps identity, labels, owners and what is named, and nothing else", () => {
    const fields = {
      spec: { replicas: true, template: { spec: { containers: [{ image: true }], volumes: [true] } } },
      status: { conditions: [{ type: true, status: true, reason: true }] },
    } as const;
    expect(JSON.parse(JSON.stringify(compact({ content: "all", annotations: ["read", "absent"], fields })))).toEqual({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: {
        name: "a",
        namespace: "b",
        uid: "u",
        resourceVersion: "5",
        generation: 2,
        labels: { app: "a" },
        annotations: { read: "1" },
        ownerReferences: METADATA.ownerReferences,
      },
      spec: { replicas: 2, template: { spec: { containers: [{ image: "x:1" }] } } },
      status: { conditions: [{ type: "Available", status: "True" }] },
    });
  });

  it("gives what is only metadata its own kind back", () => {
    const partial = { apiVersion: "meta.k8s.io/v1", kind: "PartialObjectMetadata", metadata: METADATA };
    const made = compact({ content: "metadata" }, partial);
    expect(made).toMatchObject({ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "a" } });
    expect(contentDigest(made)).toBe(contentDigest(compact({ content: "metadata" })));
  });

  it("leaves what is compact as it is", () => {
    const once = compact({ content: "all" });
    expect(isCompact(once)).toBe(true);
    expect(compact({ content: "metadata" }, once)).toBe(once);
    expect(isCompact(WHOLE)).toBe(false);
  });
});

describe("contentDigest", () => {
  it("is the same for an object and its compact form", () => {
    expect(contentDigest(compact({ content: "all" }))).toBe(contentDigest(WHOLE));
  });

  it("differs with what counts, and not with what the server counts", () => {
    const digest = (change: object, metadata: object = {}) =>
      contentDigest(compact({ content: "all" }, { ...WHOLE, ...change, metadata: { ...METADATA, ...metadata } }));
    const before = digest({});
    expect(digest({ status: {} }, { resourceVersion: "6", generation: 3 })).toBe(before);
    expect(digest({ spec: {} })).not.toBe(before);
    expect(digest({}, { annotations: { read: "1" } })).not.toBe(before);
    expect(digest({}, { finalizers: [] })).not.toBe(before);
  });

  it("of metadata alone does not see the rest", () => {
    const digest = (spec: unknown) => contentDigest(compact({ content: "metadata" }, { ...WHOLE, spec }));
    expect(digest({})).toBe(digest({ replicas: 3 }));
  });

  it("of what nobody compares is not kept", () => {
    expect(() => contentDigest(compact({ content: "none" }))).toThrow(
      "no digest is kept of the content of a Deployment",
    );
  });
});
