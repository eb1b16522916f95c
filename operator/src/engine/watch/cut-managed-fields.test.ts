import { assert, dictionary, json, jsonValue, property, string } from "fast-check";
import { expect, test } from "vitest";
import { cutManagedFields } from "./cut-managed-fields.ts";

const FIELDS = [
  {
    manager: "operator",
    operation: "Apply",
    fieldsV1: { "f:data": { 'k:{"name":"a]}\\\\"}': { ".": {}, 'v:"managedFields":[{': {} } } },
  },
  { manager: "kubectl", operation: "Update", fieldsV1: {} },
];

test.each([
  ["last in metadata", { metadata: { name: "a", managedFields: FIELDS }, spec: { a: [1, { b: "]" }] } }],
  ["first in metadata", { metadata: { managedFields: FIELDS, name: "a" } }],
  ["alone in metadata", { metadata: { managedFields: FIELDS }, status: {} }],
  ["in an event", { type: "ADDED", object: { metadata: { name: "a", managedFields: FIELDS }, data: { a: "b" } } }],
])("they are cut out where they are %s", (_where, value) => {
  const expected = JSON.stringify(value, (key, part: unknown) => (key === "managedFields" ? undefined : part));
  expect(cutManagedFields(JSON.stringify(value))).toBe(expected);
});

test("a text that names them is left alone, and so is JSON that is cut off in them", () => {
  const text = JSON.stringify({ data: { a: JSON.stringify({ managedFields: FIELDS }) } });
  expect(cutManagedFields(text)).toBe(text);
  const cutOff = JSON.stringify({ metadata: { managedFields: FIELDS } }).slice(0, 90);
  expect(cutManagedFields(cutOff)).toBe(cutOff);
});

test("whatever an object holds, nothing else of it is lost", () => {
  assert(
    property(json(), dictionary(string(), jsonValue()), (annotation, fieldsV1) => {
      const metadata = { annotations: { a: annotation }, name: "a" };
      const whole = { metadata: { ...metadata, managedFields: [{ fieldsV1 }] }, data: { b: annotation } };
      expect(JSON.parse(cutManagedFields(JSON.stringify(whole)))).toEqual({ metadata, data: { b: annotation } });
    }),
  );
});
