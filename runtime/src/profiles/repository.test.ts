import { expect, test } from "vitest";
import { profile } from "../../test/cache-model.ts";
import { changed } from "./repository.ts";

const before = { ...profile("a", 1), bio: "old" };

test.each([
  [{ name: "New" }, { name: "New", email: "a@example.org", bio: "old" }],
  [{ email: "new@example.org" }, { name: "a", email: "new@example.org", bio: "old" }],
  [{ bio: null }, { name: "a", email: "a@example.org" }],
  [{ bio: "new" }, { name: "a", email: "a@example.org", bio: "new" }],
])("changes %j and keeps the rest", (changes, after) => {
  expect(changed(before, changes)).toEqual(after);
});
