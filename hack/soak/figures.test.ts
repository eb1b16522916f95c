import { describe, expect, test } from "vitest";
import type { AuditedChange } from "./auditor.ts";
import type { Injection } from "./chaos.ts";
import { byFault, failures, render, type SoakReport } from "./figures.ts";
import { summarize } from "./latencies.ts";

const change = (from: number, latencyMs: number | undefined): AuditedChange => ({
  deed: "edit",
  object: "ConfigMap a/b",
  from,
  latencyMs,
});

function injection(name: string, from: number, until: number, fields = {}): Injection {
  return { fault: { name, lastsMs: [0, 0], inject: () => ({ end: () => undefined }), ...fields }, from, until };
}

describe("byFault", () => {
  test("counts an answer from the end of an outage, and not the wait that a server asked for", () => {
    const history = [
      injection("away", 1000, 2000, { outage: true }),
      injection("throttled", 9000, 9100, { waitMs: 1000 }),
    ];
    const { all, faults } = byFault([change(1500, 700), change(9050, 1200), change(20_000, 30)], history, 60_000);
    expect(all.map(({ fault, latencyMs }) => [fault, latencyMs])).toEqual([
      ["away", 200],
      ["throttled", 200],
      ["none", 30],
    ]);
    expect(faults["away"]).toMatchObject({ injected: 1, changes: 1, p99: 200 });
  });

  test("keeps what was missed under the fault that it met", () => {
    const { faults } = byFault([change(1000, undefined)], [injection("reset", 1000, 1000)], 30_000);
    expect(faults["reset"]).toMatchObject({ changes: 1, missed: 1 });
  });
});

const FINE: SoakReport = {
  seed: 1,
  minutes: 1,
  platforms: 2,
  changes: summarize([{ latencyMs: 40 }]),
  deeds: { edit: summarize([{ latencyMs: 40 }]) },
  faults: { none: { injected: 0, ...summarize([{ latencyMs: 40 }]) } },
  missed: [],
  slowest: ["edit ConfigMap a/b: 40 ms, none"],
  wrongState: [],
  wrongWrites: [],
  operatorExits: 0,
  memory: { start: 100, end: 101, most: 102, heapKept: { first: 40, last: 41 } },
  writesAtRest: 0,
  restSeconds: 60,
  requests: 1000,
};

describe("failures", () => {
  test("there is none when all is well", () => expect(failures(FINE)).toEqual([]));

  test.each([
    [{ missed: ["edit ConfigMap a/b"] }, "missed: edit ConfigMap a/b"],
    [{ wrongState: ["Role a/b"] }, "not as it must be at the end: Role a/b"],
    [{ wrongWrites: ["DELETE /x"] }, "written without any business there: DELETE /x"],
    [{ operatorExits: 2 }, "the operator ended 2 times"],
    [{ writesAtRest: 3 }, "3 writes in 60 s without any change"],
    [{ changes: summarize([]) }, "nothing was changed"],
    [{ changes: summarize([{ latencyMs: 1500 }]) }, "p99 of all changes is 1500 ms, above 1000 ms"],
  ])("%j is one", (fields, sentence) => expect(failures({ ...FINE, ...fields })).toEqual([sentence]));
});

test("a report shows every figure", () => {
  const text = render(FINE);
  expect(text).toContain("none                   1       0      40      40      40");
  expect(text).toContain("2 platforms, 1 min, seed 1, 1000 requests of the operator");
  expect(text).toContain("100 MiB at the start, 101 MiB at the end, 102 MiB at most");
  expect(text).toContain("writes at rest: 0 in 60 s");
});
