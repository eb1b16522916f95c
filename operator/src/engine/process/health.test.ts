import { beforeEach, describe, expect, test } from "vitest";
import { WorkQueue } from "../controller/work-queue.ts";
import { Metrics } from "../metrics/metrics.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { leaderHoldsLease, reflectorsAsk, workersMove } from "./health.ts";

describe("liveness", () => {
  let clock: FakeClock;
  let metrics: Metrics;

  beforeEach(() => {
    clock = new FakeClock();
    metrics = new Metrics(clock);
  });

  test("fails while a key is held by a worker for more than 15 min, and not before", async () => {
    const queue = new WorkQueue({ name: "things", metrics, clock, random: () => 0 });
    const check = workersMove(metrics);
    queue.add("a");
    await clock.advance(3_600_000);
    expect(check).not.toThrow();
    const key = await queue.next(new AbortController().signal);
    await clock.advance(900_000);
    expect(check).not.toThrow();
    await clock.advance(1_000);
    expect(check).toThrow("a reconcile has been running for 901 s");
    queue.done(key ?? "");
    expect(check).not.toThrow();
  });

  test("fails while a reflector has neither heard nor asked for 10 min", async () => {
    const check = reflectorsAsk(metrics);
    expect(check).not.toThrow();
    const pulse = metrics.reflector("pods").begin();
    await clock.advance(601_000);
    expect(check).toThrow("the reflector of pods has done nothing for 601 s");
    pulse.heard();
    expect(check).not.toThrow();
  });

  test("does not fail for hours of an API server that refuses or does not answer", async () => {
    const check = reflectorsAsk(metrics);
    const pulse = metrics.reflector("pods").begin();
    for (let hours = 0; hours < 3; hours += 1 / 60) {
      await clock.advance(60_000);
      pulse.tried();
      expect(check).not.toThrow();
    }
  });

  test("fails when the process still leads a minute after its lease ran out", async () => {
    let leads = false;
    let holds = false;
    const check = leaderHoldsLease(
      () => leads,
      () => holds,
      clock,
    );
    const standBy = async (ms: number) => {
      await check();
      await clock.advance(ms);
    };
    await standBy(600_000);
    leads = true;
    holds = true;
    await standBy(600_000);
    expect(check).not.toThrow();
    holds = false;
    await standBy(60_000);
    expect(check).not.toThrow();
    await clock.advance(1_000);
    expect(check).toThrow("the lease ran out at least 61 s ago, and the process still leads");
    holds = true;
    expect(check).not.toThrow();
  });
});
