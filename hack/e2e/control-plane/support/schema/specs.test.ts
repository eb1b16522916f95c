import { describe, expect, test } from "vitest";
import { fieldAt, fieldsOf } from "./fields.ts";
import { absence, defects, fullSpec, mergePatch, namedPath, patchOf, plainSpec, presence, valueAt } from "./specs.ts";

const fields = fieldsOf();
const field = (path: string) => fieldAt(path, fields);

test("the plain and the full platform are valid, and the full one has everything that could be left out", () => {
  const full = fullSpec("full-");
  expect(defects(plainSpec("plain-"))).toEqual([]);
  expect(defects(full)).toEqual([]);
  const absent = fields.filter((one) => one.optional && !one.inOptional && valueAt(one, full) === undefined);
  expect(absent).toEqual([]);
});

test("a merge patch sets, merges, and takes away by null", () => {
  expect(mergePatch({ a: 1, b: { c: 2, d: 3 } }, { a: null, b: { c: 4 }, e: [5] })).toEqual({
    b: { c: 4, d: 3 },
    e: [5],
  });
  expect(mergePatch(1, { a: { b: null } })).toEqual({ a: {} });
});

describe("an optional field", () => {
  test("comes with what must stand beside it, and goes with it", () => {
    const nodePort = field("spec.server.exposure.nodePort");
    expect(presence(nodePort)).toEqual({ server: { exposure: { type: "NodePort", nodePort: 30_000 } } });
    expect(absence(nodePort)).toEqual({ server: { exposure: { type: null, nodePort: null } } });
  });

  test("that is an entry of a map has a name that is allowed there", () => {
    const entry = field("spec.postgresql.parameters.*");
    expect(patchOf(entry, "1MB")).toEqual({ postgresql: { parameters: { work_mem: "1MB" } } });
    expect(valueAt(entry, { postgresql: { parameters: { work_mem: "2MB" } } })).toBe("2MB");
    expect(namedPath(entry)).toBe("spec.postgresql.parameters.work_mem");
  });
});
