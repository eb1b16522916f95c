import { expect, test } from "vitest";
import type { Step } from "./load.ts";
import { MIX, mixWithTasks } from "./mix.ts";

const count = (pattern: readonly Step[], name: Step) => pattern.filter((step) => step === name).length;

test("the mix is what is said of it", () => {
  expect(MIX).toHaveLength(400);
  expect(count(MIX, "read-hot") + count(MIX, "read-cold")).toBe(260);
  expect(count(MIX, "read-cold")).toBe(1);
  for (const name of ["create", "update-hot", "delete"] as const) expect(count(MIX, name)).toBe(40);
  expect(count(MIX, "list")).toBe(20);
});

test("tasks come beside it, evenly", () => {
  const pattern = mixWithTasks(4);
  expect(pattern).toHaveLength(500);
  expect(count(pattern, "task")).toBe(100);
  expect(pattern.filter((step) => step !== "task")).toEqual(MIX);
});
