import { describe, expect, test } from "vitest";
import { NotOursError } from "../../engine/apply/applier.ts";
import { ApiError, type StatusDetails } from "../../engine/client/api-error.ts";
import { child } from "../testing.ts";
import { classify } from "./classify.ts";

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

describe("an error of the server's own is the object's trouble, in a sentence that names the object and the cure", () => {
  const TRIED = "It is tried again by itself.";
  const CURE =
    "Restore what serves the webhook, or remove it from its ValidatingWebhookConfiguration or " +
    "MutatingWebhookConfiguration.";
  const failing = (port: number) =>
    answer(
      500,
      "InternalError",
      'Internal error occurred: failed calling webhook "guard.example.com": failed to call webhook: Post ' +
        `"https://guard.example.svc:443/?timeout=10s": read tcp 10.0.0.1:${port}->10.0.0.2:443: connection reset by peer`,
    );

  test("when an admission webhook fails, the same one in the same words", () => {
    const message =
      "Service data-layer/server cannot be written: admission webhook guard.example.com fails: failed to call webhook: " +
      `Post "https://guard.example.svc:443/?timeout=10s": read tcp 10.0.0.2:443: connection reset by peer. ${TRIED} ${CURE}`;
    for (const port of [40_001, 50_123]) {
      expect(classify(failing(port), SERVICE)).toEqual({
        kind: "server-error",
        failure: { object: "Service data-layer/server", message },
      });
    }
  });

  test("when it is a Secret, without what the webhook said", () => {
    expect(classify(failing(1), child("Secret", "a"), "removed")).toEqual({
      kind: "server-error",
      failure: {
        object: "Secret data-layer/a",
        message: `Secret data-layer/a cannot be removed: admission webhook guard.example.com fails. ${TRIED} ${CURE}`,
      },
    });
  });

  test.each([500, 502, 503, 504])("when it is another one, as %i", (status) => {
    expect(classify(answer(status, "", "etcdserver: leader changed"), SERVICE)).toEqual({
      kind: "server-error",
      failure: {
        object: "Service data-layer/server",
        message:
          `Service data-layer/server cannot be written: etcdserver: leader changed. ${TRIED} ` +
          "If it lasts, the API server's log has the cause.",
      },
    });
  });
});

test.each([answer(429, "", "x"), answer(401, "", "x"), new Error("no answer")])(
  "%s ends the reconcile, since nothing else would be answered either",
  (error) => {
    expect(classify(error, SERVICE)).toBeUndefined();
  },
);
