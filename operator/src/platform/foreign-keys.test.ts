import { expect, test } from "vitest";
import { foreignKeys } from "./foreign-keys.ts";
import { child } from "./testing.ts";

const configMap = (data: Readonly<Record<string, string>>) => ({ ...child("ConfigMap", "a"), data });

test("keys that somebody added to a ConfigMap are found", () => {
  expect(foreignKeys(configMap({ a: "1" }), configMap({ a: "2", b: "3" }))).toEqual(["b"]);
  expect(foreignKeys(configMap({ a: "1" }), configMap({}))).toEqual([]);
  expect(foreignKeys(configMap({ a: "1" }), undefined)).toEqual([]);
});

test("other kinds may have fields of others", () => {
  expect(foreignKeys(child("Service", "a"), { ...child("Service", "a"), data: { b: "c" } })).toEqual([]);
});
