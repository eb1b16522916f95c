import { expect, test } from "vitest";
import { type Checked, problemsOf } from "./checks.ts";

const latencies = (requests: number) => ({ requests, least: 1, p50: 1, p99: 2, most: 3 });
const good: Checked = {
  seconds: 10,
  requests: 10_000,
  errors: 10,
  errorTexts: {},
  cpuSeconds: 7.9,
  late: 0,
  operations: { cachedRead: latencies(9_910), uncachedRead: latencies(80) },
};
const load = { seconds: 10 };

test("what has few errors counts", () => {
  expect(problemsOf(good, load, "part", "cachedRead")).toEqual([]);
});

test("each error too many is told with what it was", () => {
  const errorTexts = { "GET 503 503 Service Unavailable": 10, "GET 0 timeout": 1 };
  expect(problemsOf({ ...good, errors: 11, errorTexts }, load, "part")).toEqual([
    "part: 11 of 10000 requests failed (10 × GET 503 503 Service Unavailable, 1 × GET 0 timeout)",
  ]);
  expect(problemsOf({ ...good, requests: 0, errors: 0 }, load, "part")).toEqual(["part: 0 of 0 requests failed"]);
});

test("a generator that had no time to spare is told", () => {
  expect(problemsOf({ ...good, cpuSeconds: 8.5 }, load, "part")).toEqual([
    "part: the load generator was busy 85 % of the time",
  ]);
});

test("requests that were sent late matter where they have a time", () => {
  const late = { ...good, late: 150 };
  expect(problemsOf(late, load, "part")).toEqual([]);
  expect(problemsOf(late, { ...load, rate: 1_000 }, "part")).toEqual([
    "part: the load generator sent 1.5 % more than 5 ms late",
  ]);
});

test("a load that had nothing left to send is told", () => {
  expect(problemsOf({ ...good, seconds: 8, cpuSeconds: 1 }, load, "part")).toEqual([
    "part: it ended after 8.0 s, for there was nothing left to delete",
  ]);
});

test("a part of cached reads without them is told", () => {
  const operations = { cachedRead: latencies(9_000), uncachedRead: latencies(1_000) };
  expect(problemsOf({ ...good, operations }, load, "part", "cachedRead")).toEqual([
    "part: only 90.0 % of the answers were of this kind",
  ]);
  expect(problemsOf({ ...good, operations: {} }, load, "part", "cachedRead")).toHaveLength(1);
});
