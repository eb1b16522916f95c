import { expect, test } from "vitest";
import { microTime } from "./micro-time.ts";

test("has six decimals, or the API server refuses it", () => {
  expect(microTime(Date.parse("2030-01-01T00:00:10.500Z"))).toBe("2030-01-01T00:00:10.500000Z");
});
