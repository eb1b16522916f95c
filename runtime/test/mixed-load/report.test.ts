import { expect, test } from "vitest";
import { held, type LoadReport, renderReport } from "./report.ts";

const report: LoadReport = {
  rate: 100,
  requests: 400,
  connections: 10,
  addresses: 2,
  phases: [
    {
      name: "before",
      from: 0,
      to: 2_000,
      requests: 200,
      failed: 0,
      failures: {},
      p50: 3,
      p99: 9,
      max: 20,
      writeGap: 210,
      profiles: 100,
      cached: 94,
    },
    {
      name: "PostgreSQL killed",
      from: 2_000,
      to: 4_500,
      requests: 250,
      failed: 9,
      failures: { 503: 8, none: 1 },
      p50: 3.4,
      p99: 80,
      max: 1_200,
      writeGap: 1_700,
      profiles: 120,
      cached: 60,
    },
  ],
  acknowledged: { create: 5, update: 30, upload: 2, delete: 1, delay: 4 },
  acknowledgedWrites: 42,
  lost: 0,
  doubtfulWrites: 2,
  checkedReads: 390,
  wrongReads: 0,
  wrongAnswers: 0,
  doubleEffects: 0,
  final: { profiles: 7, tasks: 4, images: 2 },
  findings: [],
  problems: [],
  samples: [],
  profiles: [],
};

test("a report tells of each phase, and what was counted in all", () => {
  expect(held(report)).toBe(true);
  expect(renderReport(report)).toBe(`\
                     s  requests  failed  p50 ms  p99 ms  max ms  no write s  cached  failed with
before             2.0       200  0.00 %       3       9      20         0.2    94 %
PostgreSQL killed  2.5       250  3.60 %       3      80    1200         1.7    50 %  8 × 503, 1 × none
Latency is from the moment a request was due, of those that were carried out.

450 requests, 9 of them failed (2.00 %)
42 acknowledged writes, 0 lost; 0 took effect twice, 0 were answered wrongly
  creations 5, updates 30, images 2, deletions 1, delayed tasks 4
  2 more were not answered, or with an error: whatever became of them was allowed
390 reads, 0 wrong
read again at the end: 7 profiles at each address, 4 tasks, 2 images in all sizes`);
});

test("what was found, and what kept the run from its end, stands at the end", () => {
  const finding = { kind: "lost-write", profile: "p", write: "update", read: "a read", times: 3 } as const;
  const failed = { ...report, findings: [finding], problems: ["the platform did not recover"], final: undefined };
  expect(held(failed)).toBe(false);
  expect(renderReport(failed).split("\n").slice(-3)).toEqual([
    "at the end not everything could be read",
    "✗ lost-write: profile p: update; a read (3 times)",
    "✗ the platform did not recover",
  ]);
  const many = { ...report, findings: Array.from({ length: 23 }, () => finding) };
  expect(renderReport(many)).toMatch(/✗ and 3 findings more$/);
});
