import { expect, test } from "vitest";
import { describeFailure, HintedError, withHints } from "./hinted.ts";

test("a failure is told with its causes and with what to look at", async () => {
  const failing = withHints("building", ["make status"], () => Promise.reject(new Error("no space left")));
  const error = await failing.catch((caught: unknown) => caught);
  expect(describeFailure(error)).toBe("error: while building\n  because: no space left\nTo see more:\n  make status");
});

test("the innermost hints are kept", async () => {
  const inner = new HintedError("not Ready", ["make logs"]);
  await expect(withHints("waiting", ["make status"], () => Promise.reject(inner))).rejects.toBe(inner);
});
