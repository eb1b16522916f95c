import type { StructuralSchema } from "@profile-platform/crds/crd";
import { describe, expect, test } from "vitest";
import { structureDefects } from "./structure.ts";

const schema: StructuralSchema = {
  type: "object",
  required: ["name"],
  properties: {
    name: { type: "string", minLength: 2, maxLength: 4 },
    mode: { type: "string", enum: ["fast", "slow"] },
    code: { type: "string", pattern: "^[a-z]+$" },
    at: { type: "string", format: "date-time" },
    count: { type: "integer", format: "int32", minimum: 1, maximum: 9 },
    big: { type: "integer", format: "int32" },
    instances: { type: "integer", enum: [1, 3] },
    on: { type: "boolean" },
    list: { type: "array", minItems: 1, maxItems: 2, items: { type: "integer" } },
    set: { type: "array", "x-kubernetes-list-type": "set", items: { type: "string" } },
    map: { type: "object", minProperties: 1, maxProperties: 2, additionalProperties: { type: "string", minLength: 1 } },
    metadata: { type: "object" },
  },
};

test("finds nothing in what fits", () => {
  const value = {
    name: "abc",
    mode: "fast",
    code: "x",
    at: "2026-01-31T12:00:00Z",
    count: 9,
    big: 2 ** 31 - 1,
    instances: 3,
    on: false,
    list: [1],
    map: { "a.b": "c" },
    metadata: { anything: [1, null] },
  };
  expect(structureDefects(schema, value, "spec")).toEqual([]);
});

describe("each defect has its path and a sentence", () => {
  test.each<[unknown, string, string]>([
    [{}, "spec.name", "is required: give it a value"],
    [{ name: "abc", list: [1, "2"] }, "spec.list[1]", 'must be a whole number, not "2"'],
    [{ name: "abc", list: {} }, "spec.list", "must be a list, not {}"],
    [{ name: "abc", list: [] }, "spec.list", "must have at least 1 items, and has 0"],
    [{ name: "abc", list: [1, 2, 3] }, "spec.list", "must have at most 2 items, and has 3"],
    [{ name: "abc", set: ["a", "b", "a"] }, "spec.set[2]", "is there twice: remove one of them"],
    [{ name: "abc", map: [] }, "spec.map", "must be an object, not []"],
    [{ name: "abc", map: {} }, "spec.map", "must have at least 1 entries, and has 0"],
    [{ name: "abc", map: { a: "1", b: "2", c: "3" } }, "spec.map", "must have at most 2 entries, and has 3"],
    [{ name: "abc", map: { "a.b": "" } }, "spec.map[a.b]", "must have at least 1 characters, and has 0"],
    [{ name: 7 }, "spec.name", "must be text (in quotes), not 7"],
    [{ name: "a" }, "spec.name", "must have at least 2 characters, and has 1"],
    [{ name: "abcde" }, "spec.name", "must have at most 4 characters, and has 5"],
    [{ name: "abc", mode: "so" }, "spec.mode", 'must be one of "fast", "slow", and is "so"'],
    [{ name: "abc", code: "A" }, "spec.code", 'must match ^[a-z]+$, and is "A"'],
    [{ name: "abc", at: "soon" }, "spec.at", 'must be a time such as 2026-01-31T12:00:00Z, and is "soon"'],
    [{ name: "abc", count: 0 }, "spec.count", "must be 1 or above, and is 0"],
    [{ name: "abc", count: 10 }, "spec.count", "must be 9 or below, and is 10"],
    [{ name: "abc", count: 1.5 }, "spec.count", "must be a whole number, not 1.5"],
    [{ name: "abc", big: 2 ** 31 }, "spec.big", "must fit 32 bits, and is 2147483648"],
    [{ name: "abc", instances: 2 }, "spec.instances", "must be one of 1, 3, and is 2"],
    [{ name: "abc", on: "yes" }, "spec.on", 'must be true or false, not "yes"'],
    ["text", "spec", 'must be an object, not "text"'],
  ])("%j", (value, path, message) => {
    expect(structureDefects(schema, value, "spec")).toEqual([{ path, message }]);
  });
});

test("an unknown field is answered with the known ones", () => {
  const small: StructuralSchema = { type: "object", properties: { replicas: { type: "integer" } } };
  expect(structureDefects(small, { replica: 3 }, "spec.server")).toEqual([
    { path: "spec.server.replica", message: "is no known field: remove it, or use one of replicas" },
  ]);
});

test("characters are counted as the API server counts them", () => {
  expect(structureDefects({ type: "string", maxLength: 2 }, "🙂🙂")).toEqual([]);
});

test("all defects are found at once", () => {
  expect(structureDefects(schema, { name: 1, count: 0, other: true }).map(({ path }) => path)).toEqual([
    "name",
    "count",
    "other",
  ]);
});
