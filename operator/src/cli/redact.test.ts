import { expect, test } from "vitest";
import { REDACTED, redact } from "./redact.ts";

const metadata = { name: "one", namespace: "two" };

test("values of a Secret are replaced, in both of its fields; keys stay", () => {
  const secret = { apiVersion: "v1", kind: "Secret", metadata, data: { a: "eA==" }, stringData: { b: "y" } };
  expect(redact(secret)).toEqual({ ...secret, data: { a: REDACTED }, stringData: { b: REDACTED } });
});

test("other objects stay as they are", () => {
  const configMap = { apiVersion: "v1", kind: "ConfigMap", metadata, data: { a: "x" } };
  expect(redact(configMap)).toBe(configMap);
});
