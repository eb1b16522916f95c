import { describe, expect, test } from "vitest";
import type { Figures } from "./figures.ts";
import { pairsOf, report } from "./report.ts";
import type { Results, Side, SideResult } from "./results.ts";

const MACHINE = {
  processor: "a processor",
  cores: 2,
  memoryGiB: 8,
  kernel: "6.1",
  node: "Node v24",
  go: "go1.26",
  kubernetes: "v1.36",
  controllerRuntime: "v0.24",
  commit: "abc1234",
};

function result(round: number, side: Side, figures: Figures, more: Partial<SideResult> = {}): SideResult {
  return { round, side, figures, corrections: [], problems: [], complete: true, ...more };
}

function results(rounds: readonly SideResult[]): Results {
  const settings = {
    platforms: 1000,
    objectsPerPlatform: 55,
    concurrency: 4,
    twinAtOnce: 8,
    restSeconds: 60,
    edits: 200,
  };
  return { began: "2026-11-21T05:00:00.000Z", machine: MACHINE, settings, rounds };
}

const line = (text: string, start: string) => text.split("\n").find((one) => one.startsWith(`| ${start}`));

describe("a report", () => {
  test("shows medians, spreads, and the ratio of rounds", () => {
    const text = report(
      results([
        result(1, "operator", { createSeconds: 10 }),
        result(1, "twin", { createSeconds: 8 }),
        result(2, "twin", { createSeconds: 16 }),
        result(2, "operator", { createSeconds: 12 }),
      ]),
    );
    expect(line(text, "until all are applied")).toBe(
      "| until all are applied, s | 11.0 (10.0–12.0) | 12.0 (8.0–16.0) | 1.00 (0.75–1.25) |",
    );
  });

  test("marks what every round found better", () => {
    const rounds = [1, 2].flatMap((round) => [
      result(round, "operator", { createSeconds: 10, createObjectsPerSecond: 2_000 }),
      result(round, "twin", { createSeconds: 8, createObjectsPerSecond: 1_000 }),
    ]);
    const text = report(results(rounds));
    expect(line(text, "objects applied")).toBe("| objects applied, /s | 2,000 | 1,000 | 2.00 ✓ |");
    expect(line(text, "until all are applied")).toBe("| until all are applied, s | 10.0 | 8.0 | 1.25 |");
  });

  test("leaves out rounds that do not count, and says so", () => {
    const text = report(
      results([
        result(1, "operator", { createSeconds: 99 }, { problems: ["5 of 100 requests failed"] }),
        result(1, "twin", { createSeconds: 8 }, { complete: false }),
      ]),
    );
    expect(line(text, "until all are applied")).toBe("| until all are applied, s | – | – | – |");
    expect(text).toContain("- round 1, operator: 5 of 100 requests failed\n- round 1, twin: interrupted");
    expect(text).toContain("rounds that count: 0 of the operator and 0 of the twin");
  });

  test("takes the percentiles of all edits together", () => {
    const edits = (side: Side, corrections: readonly number[]) => result(1, side, {}, { corrections });
    const text = report(results([edits("operator", [5, 1, 3]), edits("twin", [])]));
    expect(text).toContain("- operator: 3 edits, median 3.0 ms, 99 % 5.0 ms, longest 5.0 ms");
    expect(text).not.toContain("- twin:");
  });
});

test("only rounds that both sides have are compared", () => {
  const rounds = [
    result(1, "operator", { startSeconds: 1 }),
    result(2, "operator", { startSeconds: 2 }),
    result(2, "twin", { startSeconds: 4 }),
    result(3, "operator", {}),
    result(3, "twin", { startSeconds: 4 }),
  ];
  expect(pairsOf("startSeconds", rounds)).toEqual([{ ours: 2, theirs: 4 }]);
});
