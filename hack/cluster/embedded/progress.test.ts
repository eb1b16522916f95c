import { expect, it } from "vitest";
import { createProgress, formatSeconds } from "./progress.ts";

it.each([
  [0, "0.0s"],
  [420, "0.4s"],
  [59_900, "59.9s"],
  [59_960, "1m00s"],
  [185_000, "3m05s"],
])("writes %d ms as %s", (milliseconds, text) => {
  expect(formatSeconds(milliseconds)).toBe(text);
});

function recorder() {
  const lines: string[] = [];
  const clock = { now: 0 };
  return { lines, clock, progress: createProgress({ write: (text) => lines.push(text) }, () => clock.now) };
}

it("writes a line a step, with its time and what the step says of itself", async () => {
  const { lines, clock, progress } = recorder();
  const result = await progress.step("images", async (note) => {
    clock.now = 1_500;
    note("3 loaded");
    return 7;
  });
  expect(result).toBe(7);
  expect(lines).toEqual(["✓ images: 3 loaded (1.5s)\n"]);
});

it("marks the step that failed and hands the error on", async () => {
  const { lines, progress } = recorder();
  const failing = progress.step("network", async () => {
    throw new Error("no root");
  });
  await expect(failing).rejects.toThrow("no root");
  expect(lines).toEqual(["✗ network (0.0s)\n"]);
});
