import { expect, test } from "vitest";
import { decodeCursor, encodeCursor } from "./cursor.ts";

test("a cursor leads back to its position", () => {
  expect(decodeCursor(encodeCursor("9007199254740993"))).toBe("9007199254740993");
  expect(encodeCursor("5")).toMatch(/^[\w-]+$/);
});

test.each([
  "",
  "5",
  "YWZ0ZXI6",
  Buffer.from("after:-1").toString("base64url"),
  Buffer.from("after:1;").toString("base64url"),
])("%j is none", (text) => {
  expect(decodeCursor(text)).toBeUndefined();
});
