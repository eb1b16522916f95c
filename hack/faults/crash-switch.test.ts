import { expect, test } from "vitest";
import { CrashSwitch } from "./crash-switch.ts";
import { parseHead, type SeenRequest } from "./seen-request.ts";

function write(path: string): SeenRequest {
  return { ...parseHead({ method: "PATCH", url: path, userAgent: "test" }), id: 1, body: "", write: 1, at: 0 };
}

const READ = { ...write("/api/v1/pods"), method: "GET", write: undefined };
const ROLE = write("/apis/rbac.authorization.k8s.io/v1/namespaces/a/roles/b");
const STATUS = write("/apis/profileplatform.io/v1alpha1/profileplatforms/a/status");

test("lets everything pass until it is armed, and after it is disarmed", () => {
  const crash = new CrashSwitch();
  expect(crash.admit(ROLE)).toBe("pass");
  void crash.arm({ afterWrites: 0 });
  expect([crash.admit(READ), crash.crashed]).toEqual(["hold", true]);
  crash.disarm();
  expect([crash.admit(READ), crash.crashed]).toEqual(["pass", false]);
});

test("lets the n-th write reach the server, and nothing afterwards", async () => {
  const crash = new CrashSwitch();
  const done = crash.arm({ afterWrites: 2 });
  expect([ROLE, READ, ROLE, READ, ROLE].map((one) => crash.admit(one))).toEqual([
    "pass",
    "pass",
    "last",
    "hold",
    "hold",
  ]);
  crash.completed(ROLE);
  expect(await done).toBe(ROLE);
});

test("counts only the writes that it was told to", () => {
  const crash = new CrashSwitch();
  void crash.arm({ afterWrites: 1, counting: { path: /\/status$/ } });
  expect([ROLE, STATUS, ROLE].map((one) => crash.admit(one))).toEqual(["pass", "last", "hold"]);
});

test("refuses a number that is none", () => {
  expect(() => new CrashSwitch().arm({ afterWrites: -1 })).toThrow(
    "afterWrites is -1: give a whole number, 0 or above",
  );
});
