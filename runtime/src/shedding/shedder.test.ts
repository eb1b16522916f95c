import express, { type Response } from "express";
import { pino } from "pino";
import { Registry } from "prom-client";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadConfig } from "../kit/config.ts";
import { leaveFlight } from "../kit/http/flight.ts";
import { type Listening, listen } from "../kit/http/listen.ts";
import { observeRequests } from "../kit/http/request.ts";
import { createHttpMetrics } from "../kit/metrics.ts";
import { AdaptiveLimit } from "./adaptive-limit.ts";
import { sheddingRules, sheddingVariables } from "./config.ts";
import type { Delays } from "./delays.ts";
import { Shedder, type ShedReason } from "./shedder.ts";

let http: Listening;
let shedder: Shedder;
let delays: Delays;
let reasons: ShedReason[];
let lines: { readonly level: string; readonly msg: string }[];
/** Requests that wait to be answered. */
let waiting: Response[];
let asked: Promise<globalThis.Response>[];

beforeEach(async () => {
  delays = { event_loop: 0, database_pool: 0 };
  [reasons, lines, waiting, asked] = [[], [], [], []];
  const limit = new AdaptiveLimit({ target: 100, minimum: 1, maximum: 3 });
  shedder = new Shedder({ limit, delays: () => delays, onShed: (reason) => reasons.push(reason), random: () => 0.5 });
  const log = pino(
    { level: "debug", formatters: { level: (level) => ({ level }) } },
    { write: (line: string) => void lines.push(JSON.parse(line)) },
  );
  const app = express();
  app.use(observeRequests(log, createHttpMetrics(new Registry())));
  app.use(shedder.admit);
  app.get("/slow", (_request, response) => void waiting.push(response));
  app.get("/outside", (request, response) => {
    leaveFlight(request);
    waiting.push(response);
  });
  http = await listen(app, 0);
});
afterEach(async () => {
  answerAll();
  await Promise.all(asked);
  http.destroy();
  await http.close();
});

const ask = (path: string) => fetch(`http://127.0.0.1:${http.port}${path}`);

/** Has so many requests wait. */
async function occupy(requests: number, path = "/slow"): Promise<void> {
  const before = waiting.length;
  for (let request = 0; request < requests; request += 1) asked.push(ask(path));
  await expect.poll(() => waiting.length).toBe(before + requests);
}

function answerAll(): void {
  for (const response of waiting) if (!response.writableEnded) response.send("done");
}

describe("a request", () => {
  test("beyond the limit is refused with a problem, and told when to come back; those under way are answered", async () => {
    await occupy(3);
    const refused = await ask("/slow");
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "2"]);
    expect(refused.headers.get("x-request-id")).not.toBeNull();
    expect(await refused.json()).toEqual({
      type: "urn:profile-platform:problem:unavailable",
      title: "The service cannot answer just now",
      status: 503,
      detail: "The server has as many requests in flight as it takes; nothing was done, so try again in 2 s.",
    });
    expect(reasons).toEqual(["ceiling"]);
    answerAll();
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual([200, 200, 200]);
    await expect.poll(() => shedder.inFlight).toBe(0);
    expect(lines.find(({ msg }) => msg === "answered")?.level).toBe("debug");
  });

  test.each(["event_loop", "database_pool"] as const)(
    "is refused early while others wait for the %s",
    async (signal) => {
      await occupy(2);
      delays = { ...delays, [signal]: 400 };
      shedder.look();
      expect(shedder.delays[signal]).toBe(400);
      shedder.look();
      const { detail } = (await (await ask("/slow")).json()) as { detail: string };
      expect(detail).toContain(
        signal === "event_loop"
          ? "more requests than it can answer in time"
          : "Too many requests wait for the database",
      );
      expect(reasons).toEqual([signal]);
    },
  );

  test("that has left takes nobody's place, however long it goes on", async () => {
    await occupy(5, "/outside");
    expect(shedder.inFlight).toBe(0);
    await occupy(3);
    expect([shedder.inFlight, (await ask("/slow")).status]).toEqual([3, 503]);
    answerAll();
    await expect.poll(() => shedder.inFlight).toBe(0);
  });

  test("whose client went away takes nobody's place any more", async () => {
    const controller = new AbortController();
    const aborted = fetch(`http://127.0.0.1:${http.port}/slow`, { signal: controller.signal });
    await expect.poll(() => shedder.inFlight).toBe(1);
    controller.abort();
    await expect(aborted).rejects.toThrow("aborted");
    await expect.poll(() => shedder.inFlight).toBe(0);
  });
});

describe("the settings", () => {
  const faults = (environment: Record<string, string>) => () =>
    loadConfig(sheddingVariables, environment, sheddingRules);

  test("fit each other", () => {
    expect(faults({})()).toEqual({
      SHEDDING_TARGET_DELAY: 100,
      SHEDDING_MIN_IN_FLIGHT: 32,
      SHEDDING_MAX_IN_FLIGHT: 512,
    });
    expect(faults({ SHEDDING_MIN_IN_FLIGHT: "600" })).toThrow(
      "SHEDDING_MAX_IN_FLIGHT: expected a number that is not below SHEDDING_MIN_IN_FLIGHT",
    );
    expect(faults({ SHEDDING_TARGET_DELAY: "1ms" })).toThrow("of at least 10 ms and at most 5000 ms");
  });
});
