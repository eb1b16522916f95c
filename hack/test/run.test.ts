import { expect, test } from "vitest";
import { FAILED, PASSED } from "./counts.ts";
import { groupsOf, runStages } from "./run.ts";
import type { Stage } from "./stages.ts";

const stage = (name: string, beside: boolean, run: Stage["run"] = async () => PASSED): Stage => ({
  name,
  needs: [],
  beside,
  run,
});

test("stages next to each other that may run at once do so, and no others", () => {
  const stages = [stage("a", false), stage("b", true), stage("c", true), stage("d", false), stage("e", true)];
  expect(groupsOf(stages).map((group) => group.map(({ name }) => name))).toEqual([["a"], ["b", "c"], ["d"], ["e"]]);
});

test("a stage that fails, or cannot run, is counted and ends nothing", async () => {
  const written: string[] = [];
  const stages = [
    stage("fails", false, async () => FAILED),
    stage("throws", true, async () => {
      throw new Error("it cannot run");
    }),
    stage("beside", true, async (stream) => ({ passed: stream ? 0 : 2, failed: 0 })),
    stage("alone", false, async (stream) => ({ passed: stream ? 3 : 0, failed: 0 })),
  ];
  expect(await runStages(stages, [], (text) => written.push(text))).toMatchObject({ passed: 5, failed: 2 });
  expect(written.join("")).toContain("it cannot run");
  expect(written.slice(-2)).toEqual(["✗ the stage fails\n", "✗ the stage throws\n"]);
});
