import { FakeClock } from "@profile-platform/operator/engine/testing/fake-clock";
import { beforeEach, describe, expect, test } from "vitest";
import { DelayLine, END, PERFECT } from "./delay-line.ts";

let clock: FakeClock;
let arrived: string[];
let takes: boolean;
let line: DelayLine;

beforeEach(() => {
  clock = new FakeClock();
  arrived = [];
  takes = true;
  line = new DelayLine({
    clock,
    deliver: (item) => {
      arrived.push(item === END ? "end" : item.toString());
      return takes;
    },
  });
});

const push = (text: string) => line.push(Buffer.from(text));

describe("DelayLine", () => {
  test("hands on at once what nothing delays", () => {
    push("a");
    line.push(END);
    expect(arrived).toEqual(["a", "end"]);
  });

  test("keeps everything for the latency, the end included", async () => {
    line.setConditions({ ...PERFECT, latencyMs: 100 });
    push("a");
    await clock.advance(60);
    line.push(END);
    await clock.advance(39);
    expect(arrived).toEqual([]);
    await clock.advance(1);
    expect(arrived).toEqual(["a"]);
    await clock.advance(60);
    expect(arrived).toEqual(["a", "end"]);
  });

  test("never lets what came later overtake, whatever the latency becomes", async () => {
    line.setConditions({ ...PERFECT, latencyMs: 100 });
    push("a");
    line.setConditions(PERFECT);
    push("b");
    expect(arrived).toEqual([]);
    await clock.advance(100);
    expect(arrived).toEqual(["a", "b"]);
  });

  test("spreads bytes over the time that the bandwidth takes", async () => {
    line.setConditions({ latencyMs: 0, bytesPerSecond: 20 });
    push("0123456789");
    await clock.advance(100);
    expect(arrived.join("").length).toBeGreaterThanOrEqual(2);
    expect(arrived.join("").length).toBeLessThanOrEqual(3);
    expect(line.waitingBytes).toBe(10 - arrived.join("").length);
    await clock.advance(400);
    expect(arrived.join("")).toBe("0123456789");
  });

  test("holds everything back, and hands it on in order when it is let go", async () => {
    line.hold();
    push("a");
    line.push(END);
    await clock.advance(60_000);
    expect(arrived).toEqual([]);
    expect(line.waitingBytes).toBe(1);
    line.release();
    expect(arrived).toEqual(["a", "end"]);
  });

  test("waits for a receiver that is full", () => {
    takes = false;
    push("a");
    push("b");
    expect(arrived).toEqual(["a"]);
    takes = true;
    line.resume();
    expect(arrived).toEqual(["a", "b"]);
  });

  test("forgets what is on its way when it is closed", async () => {
    line.setConditions({ ...PERFECT, latencyMs: 10 });
    push("a");
    line.close();
    await clock.advance(100);
    line.release();
    expect(arrived).toEqual([]);
    expect(clock.pending).toEqual([]);
  });
});
