import { expect, test } from "vitest";
import { highestRole, roles, suffices } from "./roles.ts";

test.each([
  [[], undefined],
  [["viewer"], "viewer"],
  [["admin", "viewer"], "admin"],
  [["offline_access", "editor", "uma_authorization"], "editor"],
  [["Admin", "admin ", "administrator"], undefined],
] as const)("of %j the highest role is %s", (names, role) => {
  expect(highestRole(names)).toBe(role);
});

test("each role includes those before it, and no role includes none", () => {
  const table = roles.map((role) => roles.map((needed) => suffices(role, needed)));
  expect(table).toEqual([
    [true, false, false],
    [true, true, false],
    [true, true, true],
  ]);
  expect(suffices(undefined, "viewer")).toBe(false);
});
