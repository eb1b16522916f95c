import { describe, expect, test } from "vitest";
import { ApiError, type StatusDetails } from "../engine/api-error.ts";
import { NotOursError } from "../engine/applier.ts";
import { classify } from "./classify.ts";
import { child } from "./testing.ts";

const SERVICE = child("Service", "server");
const REQUEST = "PATCH /api/v1/namespaces/data-layer/services/server";

function answer(status: number, reason: string, message: string, details?: StatusDetails): ApiError {
  return new ApiError({ status, reason, message: `${REQUEST}: ${status} ${message}`, details });
}

describe("a refusal by the API server", () => {
  test("for want of rights is told from one by admission", () => {
    const denied = 'services "server" is forbidden: User "a" cannot patch resource "services" in API group ""';
    expect(classify(answer(403, "Forbidden", denied), SERVICE)).toEqual({ kind: "denied", message: denied });
    const quota = 'services "server" is forbidden: exceeded quota: layer';
    expect(classify(answer(403, "Forbidden", quota), SERVICE)).toEqual({
      kind: "failed",
      failure: { object: "Service data-layer/server", message: quota },
    });
  });

  test("because the namespace goes is a reason to wait", () => {
    const terminating = answer(403, "Forbidden", "unable to create new content", {
      causes: [{ reason: "NamespaceTerminating", message: "namespace data-layer is being terminated" }],
    });
    expect(classify(terminating, SERVICE)).toEqual({ kind: "no-namespace" });
    const missing = answer(404, "NotFound", 'namespaces "data-layer" not found', { kind: "namespaces" });
    expect(classify(missing, SERVICE)).toEqual({ kind: "no-namespace" });
  });

  test("because something that it names is missing is its own", () => {
    const role = 'roles.rbac.authorization.k8s.io "a" not found';
    expect(classify(answer(404, "NotFound", role, { kind: "roles" }), SERVICE)).toEqual({
      kind: "failed",
      failure: { object: "Service data-layer/server", message: role },
    });
  });

  test("of a change that somebody else has overtaken is tried again", () => {
    expect(classify(answer(409, "Conflict", "x"), SERVICE)).toEqual({ kind: "raced" });
    expect(classify(answer(409, "AlreadyExists", "x"), SERVICE)).toEqual({ kind: "raced" });
  });

  test("says of a Secret which field, and no value", () => {
    const secret = child("Secret", "a");
    const invalid = answer(422, "Invalid", 'data: Invalid value: "hunter2": field is immutable', {
      causes: [{ reason: "FieldValueForbidden", message: "hunter2 is immutable", field: "data" }],
    });
    expect(classify(invalid, secret)).toEqual({
      kind: "failed",
      failure: {
        object: "Secret data-layer/a",
        message: "the API server answered 422 Invalid, data (FieldValueForbidden)",
      },
    });
  });
});

test("an object of somebody else is refused", () => {
  const verdict = classify(new NotOursError({ ...SERVICE, metadata: { name: "server", namespace: "a" } }), SERVICE);
  expect(verdict).toMatchObject({ kind: "refused", refusal: { object: "Service a/server" } });
});

test.each([answer(500, "InternalError", "x"), answer(429, "", "x"), answer(401, "", "x"), new Error("no answer")])(
  "%s ends the reconcile, since nothing else would be answered either",
  (error) => {
    expect(classify(error, SERVICE)).toBeUndefined();
  },
);
