import { expect, test } from "vitest";
import { claimedRoles } from "./roles-claim.ts";

const missing = { names: [], fault: "is missing" };
const foreign = { names: [], fault: "is neither a list of texts nor a text" };

test.each([
  ["a list", "roles", { roles: ["viewer", "x"] }, { names: ["viewer", "x"] }],
  ["one text", "roles", { roles: "viewer  editor " }, { names: ["viewer", "editor"] }],
  ["nothing in it", "roles", { roles: [] }, { names: [] }],
  ["a path", "realm_access.roles", { realm_access: { roles: ["admin"] } }, { names: ["admin"] }],
  ["a name with dots", "https://example.org/roles", { "https://example.org/roles": ["admin"] }, { names: ["admin"] }],
  ["a name before a path", "a.b", { "a.b": "viewer", a: { b: "admin" } }, { names: ["viewer"] }],
  ["no claim", "roles", {}, missing],
  ["a path that ends early", "realm_access.roles", { realm_access: "roles" }, missing],
  ["a path through a list", "a.0", { a: ["admin"] }, missing],
  ["what every object inherits", "constructor.name", {}, missing],
  ["the prototype of all", "__proto__.roles", {}, missing],
  ["null", "roles", { roles: null }, foreign],
  ["a number", "roles", { roles: 1 }, foreign],
  ["an object", "roles", { roles: { admin: true } }, foreign],
  ["a list with something else", "roles", { roles: ["admin", 1] }, foreign],
  ["a list within a list", "roles", { roles: [["admin"]] }, foreign],
])("%s", (_what, claim, payload, expected) => {
  expect(claimedRoles(payload, claim)).toEqual(expected);
});
