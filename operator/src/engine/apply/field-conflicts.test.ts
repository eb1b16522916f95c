import { expect, test } from "vitest";
import { ApiError } from "../client/api-error.ts";
import { fieldConflicts } from "./field-conflicts.ts";

const conflict = (causes: readonly object[], status = 409) =>
  new ApiError({ status, reason: "Conflict", message: "Apply failed", details: { causes } });
const cause = (who: string, field: string) => ({
  reason: "FieldManagerConflict",
  message: `conflict with ${who}`,
  field,
});

test("each field is told with its manager, however that works", () => {
  const error = conflict([
    cause('"kubectl-edit" using apps/v1 at 2026-01-31T12:00:00Z', ".spec.replicas"),
    cause('"scaler" with subresource "scale" using apps/v1', ".spec.replicas"),
    cause('"a \\"quoted\\" one"', '.spec.template.spec.containers[name="a"].image'),
  ]);
  expect(fieldConflicts(error)).toEqual([
    { manager: "kubectl-edit", field: ".spec.replicas" },
    { manager: "scaler", field: ".spec.replicas" },
    { manager: 'a "quoted" one', field: '.spec.template.spec.containers[name="a"].image' },
  ]);
});

test("another refusal is no conflict of fields", () => {
  expect(fieldConflicts(conflict([]))).toEqual([]);
  expect(fieldConflicts(conflict([{ reason: "Other", message: 'conflict with "a"', field: ".b" }]))).toEqual([]);
  expect(fieldConflicts(conflict([cause('"a"', ".b")], 422))).toEqual([]);
  expect(fieldConflicts(new Error("no answer"))).toEqual([]);
});
