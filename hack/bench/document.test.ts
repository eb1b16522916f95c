import { expect, test } from "vitest";
import { withSection } from "./document.ts";

const PAGE = "# Benchmarks\n\n<!-- begin a -->\nold\n<!-- end a -->\n\n<!-- begin b -->\n<!-- end b -->\n";

test("what stood between the marks is replaced, and nothing else", () => {
  expect(withSection(PAGE, "a", "new\n\nlines")).toBe(PAGE.replace("old", "new\n\nlines"));
  expect(withSection(PAGE, "b", "first")).toBe(PAGE.replace("begin b -->\n", "begin b -->\nfirst\n"));
});

test("a page without the marks says which to add", () => {
  expect(() => withSection(PAGE, "c", "new")).toThrow('add "<!-- begin c -->" and "<!-- end c -->"');
});
