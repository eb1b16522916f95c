import type { StructuralSchema } from "@profile-platform/crds/crd";
import { assert, jsonValue, property } from "fast-check";
import { expect, test } from "vitest";
import { applyDefaults } from "./defaulting.ts";

const timing: StructuralSchema = {
  type: "object",
  properties: { seconds: { type: "integer", default: 5 }, attempts: { type: "integer" } },
};
const schema: StructuralSchema = {
  type: "object",
  properties: {
    name: { type: "string" },
    mode: { type: "string", default: "fast" },
    timing: { ...timing, default: {} },
    optional: timing,
    several: { type: "array", items: timing },
    byName: { type: "object", additionalProperties: timing },
    whole: { type: "object", properties: { size: { type: "string" } }, default: { size: "1Gi" } },
  },
};

test("fills in what is missing, defaults inside defaults too", () => {
  expect(applyDefaults(schema, {})).toEqual({ mode: "fast", timing: { seconds: 5 }, whole: { size: "1Gi" } });
});

test("leaves what is given, and completes it", () => {
  expect(applyDefaults(schema, { mode: "slow", timing: { attempts: 2 }, optional: {}, whole: {} })).toEqual({
    mode: "slow",
    timing: { attempts: 2, seconds: 5 },
    optional: { seconds: 5 },
    whole: {},
  });
});

test("reaches into lists and maps", () => {
  expect(applyDefaults(schema, { several: [{}, { seconds: 1 }], byName: { a: {} } })).toMatchObject({
    several: [{ seconds: 5 }, { seconds: 1 }],
    byName: { a: { seconds: 5 } },
  });
});

test("takes null for missing", () => {
  expect(applyDefaults(schema, { name: null, mode: null, timing: { seconds: null }, byName: { a: null } })).toEqual({
    mode: "fast",
    timing: { seconds: 5 },
    byName: {},
    whole: { size: "1Gi" },
  });
});

test("lets through what does not fit, so that validation can name it", () => {
  expect(applyDefaults(schema, { timing: "soon", several: {}, unknown: null })).toEqual({
    mode: "fast",
    timing: "soon",
    several: {},
    unknown: null,
    whole: { size: "1Gi" },
  });
  expect(applyDefaults(schema, "text")).toBe("text");
});

test("never takes the prototype of an object for a property", () => {
  const text: StructuralSchema = { type: "string", default: "x" };
  const odd: StructuralSchema = { type: "object", properties: { toString: text } };
  expect(applyDefaults(odd, {})).toEqual({ toString: "x" });
  const parsed = JSON.parse('{"__proto__": {"mode": "slow"}, "constructor": 1}') as unknown;
  expect(Object.keys(applyDefaults(schema, parsed) as object)).toEqual(
    expect.arrayContaining(["__proto__", "constructor", "mode"]),
  );
});

test("changes neither its input nor, with what it returns, the schema", () => {
  const input = Object.freeze({ timing: Object.freeze({}) });
  const result = applyDefaults(schema, input) as { whole: { size: string } };
  result.whole.size = "2Gi";
  expect(applyDefaults(schema, input)).toMatchObject({ whole: { size: "1Gi" } });
});

test("what is complete stays as it is", () => {
  assert(
    property(jsonValue(), (value) => {
      const once = applyDefaults(schema, value);
      expect(applyDefaults(schema, once)).toEqual(once);
    }),
  );
});
