import { expect, test } from "vitest";
import { summarizeMemory } from "./memory.ts";

test("tells of the heap what was kept at the beginning and at the end, whatever came between two collections", () => {
  const samples = [50, 30.4, 70, 90, 60, 95, 41, 80, 45.2, 60].map((heap, i) => ({ resident: 100.4 + i, heap }));
  expect(summarizeMemory(samples)).toEqual({ start: 100, end: 109, most: 109, heapKept: { first: 30, last: 45 } });
});

test("nothing measured is nothing used", () => {
  expect(summarizeMemory([])).toEqual({ start: 0, end: 0, most: 0, heapKept: { first: 0, last: 0 } });
});
