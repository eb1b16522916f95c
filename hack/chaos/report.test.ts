import { expect, test } from "vitest";
import { reportChaos } from "./report.ts";
import type { ChaosResults, Round } from "./results.ts";

const round: Round = {
  began: "2026-01-31T12:00:00.000Z",
  gapMs: 2100,
  redundancyMs: 30_000,
  acknowledged: 1200,
  lost: [],
  acceptedByFormer: [],
  lateByFormer: [],
  failedOver: true,
  failures: {},
};

const results: ChaosResults = {
  began: "2026-01-31T12:00:00.000Z",
  machine: {
    processor: "processor",
    cores: 2,
    memoryGiB: 24,
    kernel: "6.1",
    node: "Node.js v24",
    go: "go1",
    kubernetes: "v1",
    postgresql: "PostgreSQL 17",
    patroni: "Patroni 4",
    commit: "abc",
  },
  nodes: 3,
  instances: 3,
  operatorKilled: false,
  scenarios: [
    {
      name: "killed",
      what: "a pod is killed",
      limits: { medianGapMs: 5000, redundancyMs: 60_000 },
      rounds: [round, { ...round, gapMs: 1900, redundancyMs: 31_000 }, { ...round, gapMs: 2300 }],
    },
    { name: "away", what: "a server is away", limits: { worstGapMs: 2000 }, rounds: [round] },
  ],
  services: [],
  lostInTheEnd: [],
};

const rowsOf = (page: string) => page.split("\n").filter((line) => /^\| (killed|away) /.test(line));

test("a row a scenario, with the median and its spread, and whether the limits were kept", () => {
  expect(rowsOf(reportChaos(results))).toEqual([
    "| killed | 3 | 2.1 (1.9–2.3) | 5 (median) | 30.0 (30.0–31.0) | 60 | 3,600 | 0 | 0 | ✓ |",
    "| away | 1 | 2.1 | 2 | 30.0 |  | 1,200 | 0 | 0 | ✗ |",
  ]);
});

test("Redis and RabbitMQ have a table of their own", () => {
  const ofRedis = { began: results.began, gapMs: 3300, redundancyMs: 12_000, acknowledged: 1100, wrong: [] };
  const limits = { medianGapMs: 5000, redundancyMs: 60_000 };
  const services = [
    { name: "killed", what: "a pod is killed", limits, rounds: [ofRedis, { ...ofRedis, gapMs: 900 }] },
    {
      name: "away",
      what: "a pod is away",
      limits,
      rounds: [{ ...ofRedis, redundancyMs: 61_000, wrong: ["version 1 after 2"] }],
    },
  ];
  const page = reportChaos({ ...results, scenarios: [], services });
  expect(rowsOf(page)).toEqual([
    "| killed | 2 | 2.1 (0.9–3.3) | 5 (median) | 12.0 | 60 | 2,200 | 0 | ✓ |",
    "| away | 1 | 3.3 | 5 (median) | 61.0 | 60 | 1,100 | 1 | ✗ |",
  ]);
  expect(page).toContain("- away: in round 1 full redundancy took 61.0 s, above 60.0 s");
  expect(page).toContain("- away: in round 1 version 1 after 2");
  const slow = [{ name: "slow", what: "it is slow", limits: { ...limits, medianGapMs: 1000 }, rounds: [ofRedis] }];
  expect(reportChaos({ ...results, services: slow })).toContain(
    "- slow: the median of the write gaps is 3.3 s, above 1.0 s",
  );
});

test("what was not kept is said in sentences, and what was measured where in two", () => {
  const page = reportChaos({ ...results, operatorKilled: true });
  expect(page).toContain("- away: in round 1 the write gap was 2.1 s, above 2.0 s");
  expect(page).toContain(
    "3 instances on 3 nodes, the operator killed in the moment of each fault, 2026-01-31, commit abc.",
  );
  expect(page).toContain("Node.js v24, Kubernetes v1, PostgreSQL 17, Patroni 4.");
});
