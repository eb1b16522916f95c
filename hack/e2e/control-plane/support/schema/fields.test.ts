import type { StructuralSchema } from "@profile-platform/crds/crd";
import { describe, expect, test } from "vitest";
import { fieldAt, fieldsOf, leavesOf } from "./fields.ts";

const SCHEMA: StructuralSchema = {
  type: "object",
  properties: {
    size: { type: "integer", default: 1 },
    volume: {
      type: "object",
      default: {},
      properties: { amount: { type: "string" }, kind: { type: "string" } },
      "x-kubernetes-validations": [{ rule: "has(self.amount)" }],
    },
    labels: { type: "object", additionalProperties: { type: "string" } },
    ports: { type: "array", items: { type: "integer" } },
    hosts: { type: "array", items: { type: "object", properties: { name: { type: "string" } } } },
  },
};

const fields = fieldsOf(SCHEMA);
const paths = (all: typeof fields) => all.map(({ path }) => path);

test("every property is found, in maps and lists as well, blocks before what is in them", () => {
  expect(paths(fields)).toEqual([
    "spec.size",
    "spec.volume",
    "spec.volume.amount",
    "spec.volume.kind",
    "spec.labels",
    "spec.labels.*",
    "spec.ports",
    "spec.hosts",
    "spec.hosts.[]",
    "spec.hosts.[].name",
  ]);
  expect(paths(leavesOf(fields))).toEqual([
    "spec.size",
    "spec.volume.amount",
    "spec.volume.kind",
    "spec.labels.*",
    "spec.ports",
    "spec.hosts.[].name",
  ]);
});

test("what has no default is optional, unless a rule asks for it", () => {
  expect(paths(fields.filter(({ optional }) => optional))).toEqual([
    "spec.volume.kind",
    "spec.labels",
    "spec.labels.*",
    "spec.ports",
    "spec.hosts",
    "spec.hosts.[]",
    "spec.hosts.[].name",
  ]);
  expect(paths(fields.filter(({ asked }) => asked))).toEqual(["spec.volume.amount"]);
  expect(paths(fields.filter(({ inOptional }) => inOptional))).toEqual([
    "spec.labels.*",
    "spec.hosts.[]",
    "spec.hosts.[].name",
  ]);
});

describe("the field of a path", () => {
  test("is found", () => expect(fieldAt("spec.volume.kind", fields).isLeaf).toBe(true));

  test("that is none is an error, so that no table outlives what it speaks of", () =>
    expect(() => fieldAt("spec.gone", fields)).toThrow("the schema has no field spec.gone any more"));
});

test("the real schema has more leaves than anyone would write down by hand", () => {
  expect(leavesOf(fieldsOf()).length).toBeGreaterThan(80);
});
