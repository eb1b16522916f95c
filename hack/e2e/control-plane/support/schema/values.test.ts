import { describe, expect, test } from "vitest";
import { boundaryValues } from "./boundaries.ts";
import { fieldAt, fieldsOf, leavesOf } from "./fields.ts";
import { changeRules } from "./immutable.ts";
import { defects, fullSpec, mergePatch, patchOf, plainSpec, type Spec, stored, valueAt } from "./specs.ts";
import { otherBlock, otherValue, otherValues } from "./values.ts";

const fields = fieldsOf();
const leaves = leavesOf(fields);
const PLAIN = plainSpec("plain-");

describe("another value", () => {
  test.each(leaves)("of $path is valid and another one", (leaf) => {
    const spec = leaf.optional || leaf.inOptional ? fullSpec("full-") : PLAIN;
    const value = otherValue(leaf, spec);
    expect(value).not.toBe(valueAt(leaf, stored(spec)));
    expect(defects(mergePatch(stored(spec), patchOf(leaf, value)) as Spec)).toEqual([]);
  });

  test.each([
    ["200m", "250m"],
    ["256Mi", "320Mi"],
    ["24h", "30h"],
    ["250ms", "313ms"],
    ["1Gi", "2Gi"],
    ["fast", "other-fast"],
  ])("of %s is %s", (current, other) => {
    expect(otherValues({ type: "string" }, current)).toContain(other);
  });

  test("of a whole block changes each leaf in it, and adds nothing optional", () => {
    const block = fieldAt("spec.worker.resources", fields);
    expect(otherBlock(block, leaves, PLAIN)).toEqual({
      worker: { resources: { requests: { cpu: "250m", memory: "320Mi" }, limits: { cpu: "625m", memory: "640Mi" } } },
    });
    const exposure = fieldAt("spec.server.exposure", fields);
    expect(otherBlock(exposure, leaves, PLAIN)).toEqual({ server: { exposure: { type: "NodePort" } } });
  });

  test("that no guess fits is an error that names the field", () => {
    const field = { ...fieldAt("spec.deletionPolicy", fields), schema: { type: "string" as const, enum: ["Retain"] } };
    expect(() => otherValue(field, PLAIN)).toThrow("no other value of spec.deletionPolicy");
  });
});

describe("boundary values", () => {
  test.each(leaves)("of $path are several, and some are not valid", (leaf) => {
    const spec = leaf.optional || leaf.inOptional ? fullSpec("full-") : PLAIN;
    const values = boundaryValues(leaf);
    const bad = values.filter((value) => defects(mergePatch(stored(spec), patchOf(leaf, value)) as Spec).length > 0);
    expect(values.length).toBeGreaterThan(2);
    expect(bad).not.toEqual([]);
  });
});

test("every rule about changes points to a field that there is", () => {
  const rules = changeRules(fields).map(({ target }) => target.path);
  expect(rules).toContain("spec.namespacePrefix");
  expect(rules.filter((path) => path === "spec.redis.storage.storageClassName")).toHaveLength(2);
});
