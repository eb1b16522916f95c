import { expect, test } from "vitest";
import { decodeCursor, encodeCursor } from "./cursor.ts";

const id = "1f0c2f5e-6a2c-4a51-9f2b-0d3f9a4f6a10";

test("a cursor leads back to its place, to the microsecond", () => {
  const place = { dueMicros: "1795886446490123", id };
  expect(decodeCursor(encodeCursor(place))).toEqual(place);
  expect(encodeCursor(place)).toMatch(/^[\w-]+$/);
});

test.each([
  "",
  "5",
  Buffer.from("after:5").toString("base64url"),
  Buffer.from(`due:1e3:${id}`).toString("base64url"),
  Buffer.from(`due:123456789012345678:${id}`).toString("base64url"),
  Buffer.from("due:5:nobody").toString("base64url"),
])("%j is none", (text) => {
  expect(decodeCursor(text)).toBeUndefined();
});
