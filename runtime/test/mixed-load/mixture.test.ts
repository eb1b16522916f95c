import { expect, test } from "vitest";
import { describeMixture, nextOperation, shares } from "./mixture.ts";

test("every operation comes as often as its share says", () => {
  const counts = new Map<string, number>();
  for (let step = 0; step < 1000; step += 1) {
    const name = nextOperation((step + 0.5) / 1000);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  expect(Object.fromEntries(counts)).toEqual(shares);
});

test("the mixture is told in words", () => {
  expect(describeMixture()).toBe(
    "88 % profiles read, 2 % tasks read, 6 % updates, 2 % delayed tasks, 1 % creations, 0.5 % deletions, 0.5 % images uploaded",
  );
});
