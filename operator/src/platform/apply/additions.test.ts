import { expect, test } from "vitest";
import { child } from "../testing.ts";
import { isOwnField } from "./additions.ts";

test("labels and annotations of others are not the operator's", () => {
  const wanted = { ...child("Service", "a"), metadata: { ...child("Service", "a").metadata, labels: { "a/b": "c" } } };
  expect(isOwnField(wanted, 'metadata.labels["a/b"]')).toBe(true);
  expect(isOwnField(wanted, 'metadata.annotations["deployment.kubernetes.io/revision"]')).toBe(false);
  expect(isOwnField(wanted, "metadata.annotations.note")).toBe(false);
  expect(isOwnField(wanted, "spec.replicas")).toBe(true);
});
