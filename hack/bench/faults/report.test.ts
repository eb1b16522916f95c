import { expect, test } from "vitest";
import { type FaultResults, reportFaults } from "./report.ts";

const figures = { changes: 100, missed: 0, p50: 210, p99: 900, max: 950 };
const results: FaultResults = {
  began: "2026-01-31T12:00:00.000Z",
  machine: {
    processor: "processor",
    cores: 2,
    memoryGiB: 24,
    kernel: "6.1",
    node: "Node.js v24",
    go: "go1",
    kubernetes: "v1",
    controllerRuntime: "v0",
    commit: "abc",
  },
  rounds: 10,
  figures: [
    { name: "no fault", ...figures },
    { name: "reset", ...figures, limitMs: 1000 },
    { name: "slow", ...figures, limitMs: 800 },
    { name: "lost", ...figures, missed: 1, limitMs: 1000 },
  ],
};

test("each fault has a row, marked where its limit is not kept or something was missed", () => {
  const rows = reportFaults(results)
    .split("\n")
    .filter((line) => line.includes("| 100 |"));
  expect(rows).toEqual([
    "| no fault | 100 | 0 | 210 | 900 | 950 |  |",
    "| reset | 100 | 0 | 210 | 900 | 950 | 1000 ✓ |",
    "| slow | 100 | 0 | 210 | 900 | 950 | 800 ✗ |",
    "| lost | 100 | 1 | 210 | 900 | 950 | 1000 ✗ |",
  ]);
});
