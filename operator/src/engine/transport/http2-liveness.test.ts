import { beforeEach, describe, expect, it } from "vitest";
import { FakeClock } from "../testing/fake-clock.ts";
import { Heartbeat, type Probed } from "./http2-liveness.ts";
import { ProbeDeadline } from "./probe-deadline.ts";

/** A connection whose other side answers after `answerMs`, or never. */
class Line implements Probed {
  bytesRead = 0;
  answerMs: number | undefined = 5;
  readonly probes: number[] = [];
  readonly doubts: number[] = [];
  readonly silences: number[] = [];
  readonly #clock: FakeClock;

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  probe(answered: () => void): void {
    this.probes.push(this.#clock.monotonic());
    if (this.answerMs !== undefined) {
      this.#clock.schedule(() => {
        this.bytesRead += 17;
        answered();
      }, this.answerMs);
    }
  }

  onDoubt(): void {
    this.doubts.push(this.#clock.monotonic());
  }

  onSilent(silentMs: number): void {
    this.silences.push(silentMs);
  }
}

describe("Heartbeat", () => {
  let clock: FakeClock;
  let line: Line;
  let reading: () => void;
  let heartbeat: Heartbeat;

  beforeEach(() => {
    clock = new FakeClock();
    line = new Line(clock);
    reading = () => undefined;
    const afterReading = (callback: () => void): void => {
      reading();
      callback();
    };
    heartbeat = new Heartbeat({ clock, deadline: new ProbeDeadline(clock), afterReading });
  });

  it("asks a silent connection five times a second, and leaves it alone while it answers", async () => {
    heartbeat.watch(line);
    await clock.advance(10_000);
    expect(line.probes.slice(0, 4)).toEqual([100, 300, 500, 700]);
    expect(line.probes).toHaveLength(50);
    expect(line.silences).toEqual([]);
  });

  it("takes a connection for dead 500 ms after the first question that got no answer, once", async () => {
    heartbeat.watch(line);
    await clock.advance(1000);
    const lastAnswered = line.probes.length;
    line.answerMs = undefined;
    await clock.advance(100);
    expect(line.probes).toHaveLength(lastAnswered + 1);
    await clock.advance(499);
    expect(line.silences).toEqual([]);
    await clock.advance(1);
    expect(line.silences).toHaveLength(1);
    await clock.advance(10_000);
    expect(line.silences).toHaveLength(1);
    expect(clock.pending).toEqual([]);
  });

  it("does not ask while something comes anyway, and takes that for life though no answer comes", async () => {
    heartbeat.watch(line);
    line.answerMs = undefined;
    for (let i = 0; i < 30; i++) {
      line.bytesRead += 1000;
      await clock.advance(100);
    }
    expect(line.probes).toEqual([]);
    await clock.advance(100);
    line.bytesRead += 1000;
    await clock.advance(400);
    line.bytesRead += 1000;
    await clock.advance(500);
    expect(line.silences).toEqual([]);
    await clock.advance(200);
    expect(line.silences).toHaveLength(1);
  });

  it("counts a time that this process was busy as two ticks", async () => {
    heartbeat.watch(line);
    line.answerMs = undefined;
    await clock.advance(100);
    expect(line.probes).toHaveLength(1);
    // As when the event loop is blocked: time passes, and no timer fires.
    clock.block(3000);
    await clock.advance(0);
    expect(line.silences).toEqual([]);
    await clock.advance(299);
    expect(line.silences).toEqual([]);
    await clock.advance(1);
    expect(line.silences).toHaveLength(1);
  });

  it("reads what has arrived before it decides", async () => {
    heartbeat.watch(line);
    line.answerMs = undefined;
    reading = () => {
      line.bytesRead += 17;
    };
    await clock.advance(5000);
    expect(line.silences).toEqual([]);
  });

  it("gives a server more time that answers slowly", async () => {
    heartbeat.watch(line);
    line.answerMs = 400;
    await clock.advance(3000);
    line.answerMs = undefined;
    await clock.advance(1200);
    expect(line.silences).toEqual([]);
    await clock.advance(1000);
    expect(line.silences).toHaveLength(1);
  });

  it("learns nothing from an answer that comes when the connection has been given up", async () => {
    heartbeat.watch(line);
    line.answerMs = 700;
    await clock.advance(1000);
    expect(line.silences).toHaveLength(1);
    const next = new Line(clock);
    next.answerMs = undefined;
    heartbeat.watch(next);
    await clock.advance(600);
    expect(next.silences).toHaveLength(1);
  });

  it("doubts a connection 300 ms after it was asked, once, and anew after a sign of life", async () => {
    line.answerMs = undefined;
    heartbeat.watch(line);
    await clock.advance(450);
    expect(line.doubts).toEqual([400]);
    line.bytesRead += 17;
    await clock.advance(400);
    expect(line.doubts).toEqual([400, 800]);
    expect(line.silences).toEqual([]);
  });

  it("takes a doubted connection for dead once another stands that was begun later", async () => {
    line.answerMs = undefined;
    heartbeat.watch(line);
    await clock.advance(430);
    heartbeat.anotherStands(30);
    expect(line.silences).toHaveLength(1);
    expect(clock.pending).toEqual([]);
  });

  it("leaves a connection alone that was asked later than another was begun, is not doubted, or has answered", async () => {
    line.answerMs = undefined;
    const [asked, answered] = [new Line(clock), new Line(clock)];
    asked.answerMs = undefined;
    answered.answerMs = 350;
    heartbeat.watch(line);
    await clock.advance(200);
    heartbeat.watch(asked);
    heartbeat.watch(answered);
    await clock.advance(299);
    heartbeat.anotherStands(450);
    expect([line.doubts.length, asked.doubts.length]).toEqual([1, 0]);
    heartbeat.anotherStands(50);
    expect([line, asked, answered].map(({ silences }) => silences.length)).toEqual([1, 0, 0]);
    await clock.advance(170);
    expect(answered.doubts).toHaveLength(1);
    heartbeat.anotherStands(10);
    expect(answered.silences).toEqual([]);
  });

  it("reads what has arrived before it believes another connection", async () => {
    line.answerMs = undefined;
    heartbeat.watch(line);
    await clock.advance(430);
    line.bytesRead += 17;
    heartbeat.anotherStands(30);
    await clock.advance(100);
    expect(line.silences).toEqual([]);
  });

  it("does nothing for a connection that is not in use", async () => {
    heartbeat.watch(line);
    heartbeat.unwatch(line);
    expect(clock.pending).toEqual([]);
    await clock.advance(5000);
    expect(line.probes).toEqual([]);
  });

  it("asks at once when a connection is used again after a while", async () => {
    heartbeat.watch(line);
    heartbeat.unwatch(line);
    await clock.advance(150);
    heartbeat.watch(line);
    expect(line.probes).toEqual([]);
    heartbeat.unwatch(line);
    await clock.advance(5000);
    line.answerMs = undefined;
    heartbeat.watch(line);
    expect(line.probes).toEqual([5150]);
    await clock.advance(500);
    expect(line.silences).toHaveLength(1);
  });
});
