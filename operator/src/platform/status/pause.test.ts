import { expect, test } from "vitest";
import { child, platformOfSpec } from "../testing.ts";
import { isUpkeep, pauseRequest } from "./pause.ts";

const request = (value: string | undefined) =>
  pauseRequest(platformOfSpec({}, value === undefined ? {} : { annotations: { "profileplatform.io/paused": value } }));

test("the annotation pauses with true, and with nothing else of the two", () => {
  expect(request(undefined)).toBeUndefined();
  expect(request("false")).toBeUndefined();
  expect(request("true")).toEqual({ doubt: undefined });
});

test.each(["yes", "True", "", "x".repeat(100)])("the value %j pauses as well, with the cure", (value) => {
  const shown = value.length > 40 ? `${"x".repeat(40)}…` : value;
  expect(request(value)).toEqual({
    doubt:
      `The annotation profileplatform.io/paused is neither "true" nor "false" but "${shown}", and is taken for ` +
      `"true": set one of the two.`,
  });
});

test("Secrets, what belongs to the signing keys, and the operator's own rights are looked after meanwhile", () => {
  const names = [
    child("Secret", "a"),
    child("RoleBinding", "profile-platform-operator-namespace"),
    child("RoleBinding", "pod-reader"),
    child("Namespace", "a"),
    child("ConfigMap", "a"),
    child("ConfigMap", "server-jwks"),
    child("Role", "token-issuer"),
    child("Role", "pod-reader"),
  ];
  expect(names.map(isUpkeep)).toEqual([true, true, false, false, false, true, true, false]);
});
