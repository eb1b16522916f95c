import { describe, expect, it } from "vitest";
import { ReadyKeys } from "./ready-keys.ts";

function drain(keys: ReadyKeys): readonly (string | undefined)[] {
  return Array.from({ length: keys.size }, () => keys.take()?.key);
}

describe("ReadyKeys", () => {
  it("gives higher priorities first, and in order of arrival within one", () => {
    const keys = new ReadyKeys();
    keys.add("low", -100, 0);
    keys.add("a", 0, 0);
    keys.add("urgent", 10, 0);
    keys.add("b", 0, 0);
    expect(drain(keys)).toEqual(["urgent", "a", "b", "low"]);
    expect(keys.take()).toBeUndefined();
  });

  it("keeps a key once, at the highest priority asked for and the time of the first ask", () => {
    const keys = new ReadyKeys();
    expect(keys.add("a", -100, 1)).toBe(true);
    expect(keys.add("b", -50, 2)).toBe(true);
    expect(keys.add("a", 0, 3)).toBe(false);
    expect(keys.add("a", -100, 4)).toBe(false);
    expect(keys.size).toBe(2);
    expect(keys.take()).toEqual({ key: "a", priority: 0, since: 1 });
    expect(keys.has("a")).toBe(false);
    expect(drain(keys)).toEqual(["b"]);
  });
});
