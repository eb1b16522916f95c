import { expect, test } from "vitest";
import { Stopwatch } from "./stopwatch.ts";

test("tells the time of each step and of all, steps overlapping", async () => {
  let now = 0;
  const stopwatch = new Stopwatch(() => now);
  const first = Promise.withResolvers<void>();
  const slow = stopwatch.time("slow", () => first.promise);
  await stopwatch.time("quick", async () => {
    now = 1500;
  });
  now = 65_000;
  first.resolve();
  await slow;
  expect(stopwatch.table()).toBe(
    [
      "  slow                        1m05s",
      "  quick                        1.5s",
      "  total                       1m05s",
    ].join("\n"),
  );
});
