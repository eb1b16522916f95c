import { expect, test } from "vitest";
import { bearerToken } from "./bearer.ts";
import { TokenRefusal } from "./refusal.ts";

const of = (...headers: readonly string[]) =>
  bearerToken({ headersDistinct: headers.length === 0 ? {} : { authorization: [...headers] } });

function outcome(...headers: readonly string[]): string {
  try {
    return of(...headers);
  } catch (err) {
    return err instanceof TokenRefusal ? err.outcome : String(err);
  }
}

test.each(["Bearer a.b-c_d~e+f/g==", "bearer a", "BEARER a", "Bearer   a"])("%s has a token", (header) => {
  expect(of(header)).toBe(header.split(" ").at(-1));
});

test.each([
  ["missing", []],
  ["missing", ["Basic dXNlcjpwYXNz"]],
  ["missing", ["Bearers a"]],
  ["missing", ["a.b.c"]],
  ["repeated", ["Bearer a", "Bearer b"]],
  ["repeated", ["Bearer a", "Basic b"]],
  ["malformed", [""]],
  ["malformed", [" Bearer a"]],
  ["malformed", ["Bearer"]],
  ["malformed", ["Bearer "]],
  ["malformed", ["Bearer a b"]],
  ["malformed", ["Bearer a, Bearer b"]],
  ["malformed", ["Bearer\ta"]],
  ["malformed", ["Bearer a\u0000"]],
  ["malformed", ["Bearer ü"]],
  ["malformed", ['Bearer "a"']],
  ["malformed", ["Bearer =a"]],
])("%s: %j", (expected, headers) => {
  expect(outcome(...headers)).toBe(expected);
});
