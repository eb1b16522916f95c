import { expect, test } from "vitest";
import type { Tally } from "./tally.ts";
import { shortcomings } from "./verdict.ts";

const operations = [
  { label: "GET /health", varies: false, needsTarget: false },
  { label: "GET /things", varies: true, needsTarget: false },
  { label: "GET /things/{id}", varies: true, needsTarget: true },
];

function tallyOf(
  statuses: Readonly<Record<string, Readonly<Record<number, number>>>>,
  more: Partial<Tally> = {},
): Tally {
  const counted = Object.entries(statuses).map(([label, counts]) => {
    const map = new Map(Object.entries(counts).map(([status, count]) => [Number(status), count] as const));
    return [label, { requests: [...map.values()].reduce((a, b) => a + b, 0), statuses: map }] as const;
  });
  return { operations: new Map(counted), unanswered: 0, failures: new Map(), created: [], ...more };
}

const whole = { "GET /health": { 200: 1 }, "GET /things": { 200: 9, 400: 11 }, "GET /things/{id}": { 404: 20 } };

test("a run that tried every operation often enough, and was looked at, proves something", () => {
  expect(shortcomings(tallyOf(whole), { operations, least: 20 })).toEqual([]);
});

test.each<[string, Tally, string]>([
  [
    "an operation that was left out",
    tallyOf({ ...whole, "GET /things/{id}": {} }),
    "GET /things/{id} was tried 0 times",
  ],
  ["too few requests", tallyOf({ ...whole, "GET /things/{id}": { 200: 19 } }), "was tried 19 times, and not 20"],
  [
    "requests that nobody looked at",
    tallyOf({ ...whole, "GET /things/{id}": { 200: 1, 429: 500 } }),
    "GET /things/{id} was tried 1 times",
  ],
  [
    "many of them",
    tallyOf({ ...whole, "GET /things/{id}": { 200: 50, 503: 9 } }),
    "9 of 80 requests were answered with 429 or 503",
  ],
  ["refusals only", tallyOf({ ...whole, "GET /things": { 400: 90 } }), "GET /things never took a request"],
  ["silence", tallyOf(whole, { unanswered: 2 }), "2 requests were not answered"],
  [
    "a failure",
    tallyOf(whole, { failures: new Map([["a check of GET /health", 3]]) }),
    "a check of GET /health failed 3",
  ],
])("%s", (_what, tally, sentence) => {
  expect(shortcomings(tally, { operations, least: 20 }).join("\n")).toContain(sentence);
});
