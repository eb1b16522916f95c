import { expect, test } from "vitest";
import { loadSettings } from "./load-settings.ts";
import { describeRequests } from "./outage-load.ts";

test("an hour of 20 requests a second, with outages, unless told otherwise", () => {
  const usual = { duration: 20, rate: 200, connections: 10, outages: true, requests: 72_000, results: undefined };
  expect(loadSettings({})).toEqual(usual);
  expect(loadSettings({ OUTAGES: "", RESULTS: "" })).toEqual(usual);
  const { rate, requests } = usual;
  expect(describeRequests(requests, rate)).toBe(
    "72000 requests, as many as an hour of 20 a second, sent at 200 a second in 360 s",
  );
});

test("settings are taken from the environment", () => {
  expect(loadSettings({ RATE: "50", OUTAGES: "0", REQUESTS: "100", RESULTS: "a.json" })).toMatchObject({
    rate: 50,
    outages: false,
    requests: 100,
    results: "a.json",
  });
});

test("a wrong one is named", () => {
  expect(() => loadSettings({ OUTAGES: "no" })).toThrow('OUTAGES is "no": give 0 to kill nothing, or 1');
  expect(() => loadSettings({ REQUESTS: "0" })).toThrow('REQUESTS is "0": give a whole number from 1 to 100000000');
});
