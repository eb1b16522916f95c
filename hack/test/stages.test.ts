import { expect, test } from "vitest";
import { chooseStages, SUITES } from "./stages.ts";

const names = (...wanted: readonly string[]) => chooseStages(wanted).map(({ name }) => name);

test("suites and stages are found by their names, each once and in their order", () => {
  expect(names("basic")).toEqual(SUITES["basic"]?.map(({ name }) => name));
  expect(names("cluster", "unit", "unit")).toEqual(["unit", "cluster"]);
  expect(names("robustness", "basic")).toEqual([
    ...(SUITES["basic"] ?? []).map(({ name }) => name),
    ...(SUITES["robustness"] ?? []).map(({ name }) => name),
  ]);
});

test("a name that is none is told with those that there are", () => {
  expect(() => names("units")).toThrow(/no suite or stage "units": choose among basic, robustness, generated code, /);
});
