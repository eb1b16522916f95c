import { expect, test } from "vitest";
import { isApplied } from "./tracker.ts";

const status = (reason: string, value: "True" | "False", observed: number) => ({
  observedGeneration: 2,
  conditions: [
    { type: "Applied", status: value, reason, message: "", lastTransitionTime: "", observedGeneration: observed },
  ],
});

test.each([
  ["everything is there", status("EverythingApplied", "True", 2), true],
  ["the rest waits for pods", status("WaitingForDependencies", "False", 2), true],
  ["an object is refused", status("ObjectRefused", "False", 2), false],
  ["rights are awaited", status("WaitingForCluster", "False", 2), false],
  ["the condition is of a former generation", status("EverythingApplied", "True", 1), false],
  ["there are no conditions yet", { observedGeneration: 2 }, false],
  ["there is no status yet", undefined, false],
])("applied when %s: %o → %s", (_, status, expected) => {
  expect(isApplied(status)).toBe(expected);
});
