import { describe, expect, test } from "vitest";
import { pairsOf, report } from "./report.ts";
import type { Capacity, Results, Side, SideResult } from "./results.ts";
import { targetsOf, verdict } from "./targets.ts";

const latencies = (least: number, p50: number, p99: number, most: number) => ({ requests: 100, least, p50, p99, most });

function capacity(perSecond: number, perCpuSecond: number): Capacity {
  const operations = {
    cachedRead: { ...latencies(1, 2, 3, 4), requests: 94 },
    uncachedRead: { ...latencies(1, 2, 3, 4), requests: 6 },
  };
  return { perSecond, perCpuSecond, cores: { server: 1, load: 0.25, machine: 1.9 }, operations };
}

function result(round: number, side: Side, more: Partial<SideResult>): SideResult {
  return { round, side, capacity: {}, atRate: {}, problems: [], ...more };
}

const cores = { server: 0.1, load: 0.1, machine: 0.4 };
const rounds: readonly SideResult[] = [
  result(1, "service", {
    capacity: { cachedRead: capacity(2_000, 2_000), mix: capacity(1_000, 1_500) },
    atRate: {
      sources: {
        rate: 200,
        cores,
        operations: { cachedRead: latencies(0.5, 1, 2, 9), create: latencies(1, 2, 7, 30) },
      },
    },
    lateness: { tasks: 1_000, p50: 20, p99: 90, most: 120 },
    memoryPeak: 120,
  }),
  result(1, "stock", { capacity: { cachedRead: capacity(1_000, 1_000), mix: capacity(1_000, 1_000) } }),
  result(1, "tuned", { capacity: { cachedRead: capacity(4_000, 4_000) } }),
  result(2, "stock", { capacity: { cachedRead: capacity(1_000, 800) } }),
  result(2, "service", {
    capacity: { cachedRead: capacity(3_000, 1_600) },
    atRate: { sources: { rate: 200, cores, operations: { cachedRead: latencies(0.5, 3, 4, 5) } } },
    problems: ["mix: 5 of 100 requests failed"],
  }),
];

const results: Results = {
  began: "2026-11-29T05:00:00.000Z",
  machine: {
    processor: "a processor",
    cores: 2,
    memoryGiB: 8,
    kernel: "6.1",
    node: "Node.js v24",
    go: "go1.26",
    commit: "abc1234",
    postgresql: "15.1",
    redis: "7.0",
    express: "5.3.0",
    gin: "v1.11",
  },
  settings: { seconds: 10, connections: 32, rate: 200, tasksPerSecond: 100 },
  rounds,
};

const lines = (start: string) =>
  report(results)
    .split("\n")
    .filter((line) => line.startsWith(`| ${start}`));

describe("a report", () => {
  test("shows requests a second and for a CPU-second, with the ratio to each twin", () => {
    expect(lines("cached read |").slice(0, 2)).toEqual([
      "| cached read | 2,500 (2,000–3,000) | 1,000 | 4,000 | 2.50 (2.00–3.00) ✓ | 0.50 |",
      "| cached read | 1,800 (1,600–2,000) | 900 (800–1,000) | 4,000 | 2.00 ✓ | 0.50 |",
    ]);
  });

  test("shows latencies: medians of the rounds, and the longest of all", () => {
    expect(lines("cached read |")[2]).toBe("| cached read | 2.0 / 3.0 / 9.0 | – | – |");
    expect(lines("create |")[2]).toBe("| create | 2.0 / 7.0 / 30.0 | – | – |");
  });

  test("tells what does not count, and how late tasks began", () => {
    const text = report(results);
    expect(text).toContain("What does not count:\n\n- round 2, service, mix: 5 of 100 requests failed");
    expect(text).toContain("begin late by 20 ms (median), 90 ms (99 %), 120 ms (longest); 1,000 tasks");
    expect(text).toContain("2 rounds, sides in turn, 10 s each part, 32 connections, 2026-11-29, commit abc1234.");
  });

  test("shows how many reads the cache had", () => {
    expect(lines("reads from the cache")).toEqual(["| reads from the cache, mix, % | 94.0 | 94.0 | – | 1.00 | – |"]);
  });
});

test("only rounds that both have are compared", () => {
  expect(pairsOf("tuned", rounds, ({ capacity }) => capacity.cachedRead?.perSecond)).toEqual([
    { ours: 2_000, theirs: 4_000 },
  ]);
});

describe("a target", () => {
  const named = (words: string) => {
    const found = targetsOf(rounds).find(({ title }) => title.includes(words));
    if (found === undefined) throw new Error(`there is no target ${words}`);
    return { measured: found.measured, verdict: verdict(found) };
  };

  test("of a ratio is reached from above", () => {
    expect(named("cached read, per CPU-second : stock")).toEqual({
      measured: { median: 2, least: 2, most: 2 },
      verdict: "✓",
    });
    expect(named("mix, per CPU-second : stock").verdict).toBe("✗");
    expect(named("cached read, per CPU-second : tuned").verdict).toBe("✗");
    expect(named("mix, per CPU-second : tuned")).toEqual({ measured: undefined, verdict: "–" });
  });

  test("of time is kept by the slowest operation of each round", () => {
    expect(named("99 % of the slowest operation at the sources")).toEqual({
      measured: { median: 5.5, least: 4, most: 7 },
      verdict: "✓",
    });
    expect(named("from the fastest answer")).toEqual({
      measured: { median: 4.75, least: 3.5, most: 6 },
      verdict: "mostly",
    });
    expect(named("delayed tasks").verdict).toBe("✓");
    expect(named("at half of the mix").verdict).toBe("–");
  });
});
