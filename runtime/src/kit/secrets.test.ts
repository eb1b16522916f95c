import * as fc from "fast-check";
import { expect, test } from "vitest";
import { censored, secretNames, withoutNestedSecrets } from "./secrets.ts";

test("fields without secrets are given back as they are", () => {
  const fields = { path: "/", headers: { host: "h" }, list: [{ a: 1 }], at: new Date(0), nothing: null };
  expect(withoutNestedSecrets(fields)).toBe(fields);
});

test("secrets are replaced in objects and lists, and what was given stays as it was", () => {
  const fields = { redis: { password: "x", host: "h" }, all: [{ token: "x" }, "y"], a: { b: { secret: { c: "x" } } } };
  const before = structuredClone(fields);
  expect(withoutNestedSecrets(fields)).toEqual({
    redis: { password: censored, host: "h" },
    all: [{ token: censored }, "y"],
    a: { b: { secret: censored } },
  });
  expect(fields).toEqual(before);
});

test("an error is left to whoever serializes it", () => {
  const err = Object.assign(new Error("failed"), { password: "x" });
  expect(withoutNestedSecrets({ err }).err).toBe(err);
});

test("no secret of the levels that are looked at is left, whatever is logged", () => {
  const value = fc.anything({ maxDepth: 1 });
  const name = fc.constantFrom(...secretNames);
  fc.assert(
    fc.property(name, value, value, value, (secret, other, first, second) => {
      const fields = {
        a: { [secret]: first, other },
        b: { c: { [secret]: second } },
        d: [[{ [secret]: 1 }], { [secret]: 2 }],
      };
      const shown = withoutNestedSecrets(fields) as unknown as {
        readonly a: Record<string, unknown>;
        readonly b: { readonly c: Record<string, unknown> };
        readonly d: readonly [unknown, Record<string, unknown>];
      };
      expect([shown.a[secret], shown.b.c[secret], shown.d[1][secret]]).toEqual([censored, censored, censored]);
    }),
  );
});
