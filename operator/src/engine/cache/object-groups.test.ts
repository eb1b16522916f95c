import { describe, expect, it } from "vitest";
import type { KubernetesObject } from "../../kubernetes.ts";
import { ObjectsByName, ObjectsByValue } from "./object-groups.ts";

function object(name: string, namespace?: string, resourceVersion = "1"): KubernetesObject {
  const metadata = { name, resourceVersion, ...(namespace === undefined ? {} : { namespace }) };
  return { apiVersion: "v1", kind: "ConfigMap", metadata };
}

const names = (objects: readonly KubernetesObject[]) => objects.map(({ metadata }) => metadata.name);

// One, a few and many are kept in different forms.
const SIZES = [1, 2, 32, 33, 100];

describe.each(SIZES)("ObjectsByName of %i objects", (size) => {
  const all = Array.from({ length: size }, (_, i) => object(`o${i}`, "ns"));
  const filled = () => {
    const objects = new ObjectsByName();
    for (const one of [...all, object("o0", "other"), object("o0")]) objects.set(one);
    return objects;
  };

  it("finds each by namespace and name", () => {
    const objects = filled();
    for (const one of all) expect(objects.get("ns", one.metadata.name)).toBe(one);
    expect(objects.get("other", "o0")?.metadata.namespace).toBe("other");
    expect(objects.get(undefined, "o0")?.metadata.namespace).toBeUndefined();
    expect([objects.get("ns", "none"), objects.get("none", "o0")]).toEqual([undefined, undefined]);
    expect(names(objects.in("ns"))).toEqual(names(all));
    expect(objects.all()).toHaveLength(size + 2);
  });

  it("holds the one that was set last", () => {
    const objects = filled();
    const newer = all.map(({ metadata }) => object(metadata.name, "ns", "2"));
    for (const one of newer) objects.set(one);
    expect(objects.in("ns")).toEqual(newer);
  });

  it("lets go of each, and of nothing else", () => {
    const objects = filled();
    objects.delete("ns", "none");
    objects.delete("none", "o0");
    for (const [i, { metadata }] of all.entries()) {
      objects.delete("ns", metadata.name);
      expect(names(objects.in("ns"))).toEqual(names(all.slice(i + 1)));
    }
    expect(objects.all()).toHaveLength(2);
    objects.set(object("again", "ns"));
    expect(names(objects.in("ns"))).toEqual(["again"]);
  });
});

describe.each(SIZES)("ObjectsByValue of %i objects", (size) => {
  const all = Array.from({ length: size }, (_, i) => object(`o${i}`, "ns"));

  it("holds each until that one is taken out", () => {
    const objects = new ObjectsByValue();
    for (const one of all) objects.add("x", one);
    objects.add("y", object("o0"));
    objects.delete("x", object("o0", "ns"));
    objects.delete("none", object("o0", "ns"));
    expect(objects.get("x")).toEqual(all);
    for (const [i, one] of all.entries()) {
      objects.delete("x", one);
      expect(names(objects.get("x"))).toEqual(names(all.slice(i + 1)));
    }
    expect(names(objects.get("y"))).toEqual(["o0"]);
  });

  it("gives lists that stay as they were", () => {
    const objects = new ObjectsByValue();
    for (const one of all) objects.add("x", one);
    const before = objects.get("x");
    objects.add("x", object("more"));
    expect(before).toEqual(all);
  });
});
