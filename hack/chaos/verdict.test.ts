import { expect, test } from "vitest";
import type { AcknowledgedWrite } from "./acknowledged-write.ts";
import type { Round, ScenarioResults } from "./results.ts";
import { missed, missedBy } from "./verdict.ts";

const WELL: Round = {
  began: "2026-01-31T12:00:00.000Z",
  gapMs: 2000,
  redundancyMs: 30_000,
  acknowledged: 1000,
  lost: [],
  acceptedByFormer: [],
  lateByFormer: [],
  failedOver: true,
  failures: {},
};

const WRITE: AcknowledgedWrite = { writer: 3, number: 7, sentAt: 1, at: 2, server: "10.244.1.2", timeline: 1 };

const LIMITS = { medianGapMs: 5000, redundancyMs: 60_000 };

function scenario(limits: ScenarioResults["limits"], ...rounds: readonly Partial<Round>[]): ScenarioResults {
  return { name: "fault", what: "something breaks", limits, rounds: rounds.map((round) => ({ ...WELL, ...round })) };
}

test("what keeps its limits misses nothing; a median may have a round above it", () => {
  expect(missedBy(scenario(LIMITS, {}, { gapMs: 5000, redundancyMs: 60_000 }, { gapMs: 9000 }))).toEqual([]);
});

test("each limit that is not kept has its sentence", () => {
  expect(missedBy(scenario(LIMITS, { gapMs: 5001 }))).toEqual([
    "fault: the median of the write gaps is 5.0 s, above 5.0 s",
  ]);
  expect(missedBy(scenario({ worstGapMs: 5000 }, {}, { gapMs: 7100 }))).toEqual([
    "fault: in round 2 the write gap was 7.1 s, above 5.0 s",
  ]);
  expect(missedBy(scenario(LIMITS, { redundancyMs: 61_000 }))).toEqual([
    "fault: in round 1 full redundancy took 61.0 s, above 60.0 s",
  ]);
  expect(missedBy(scenario({ keepsPrimary: true }, {}))).toEqual([
    "fault: in round 1 another member became the primary",
  ]);
  expect(missedBy(scenario(LIMITS))).toEqual(["fault: no round was carried out"]);
});

test("a lost write and a second primary are named whatever the limits are", () => {
  expect(missedBy(scenario({}, { lost: [WRITE] }))).toEqual([
    "fault: in round 1 write 7 of writer 3, acknowledged by 10.244.1.2 on timeline 1, was lost",
  ]);
  expect(missedBy(scenario({}, { acceptedByFormer: [WRITE] }))).toEqual([
    "fault: in round 1 write 7 of writer 3, acknowledged by 10.244.1.2 on timeline 1, was taken when a newer primary had taken writes already",
  ]);
  expect(missed({ scenarios: [scenario({}, {})], services: [], lostInTheEnd: [WRITE] })).toEqual([
    "at the end of the run, write 7 of writer 3, acknowledged by 10.244.1.2 on timeline 1, is lost",
  ]);
});

test("an answer that came late, of a write that is there, is no mistake", () => {
  expect(missedBy(scenario({}, { lateByFormer: [WRITE] }))).toEqual([]);
});
