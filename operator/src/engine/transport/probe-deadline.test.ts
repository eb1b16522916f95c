import { beforeEach, describe, expect, it } from "vitest";
import { FakeClock } from "../testing/fake-clock.ts";
import { ProbeDeadline } from "./probe-deadline.ts";

describe("ProbeDeadline", () => {
  let clock: FakeClock;
  let deadline: ProbeDeadline;

  beforeEach(() => {
    clock = new FakeClock();
    deadline = new ProbeDeadline(clock);
  });

  it("is half a second for a server that answers quickly", () => {
    deadline.answered(3);
    deadline.answered(150);
    expect(deadline.ms).toBe(500);
  });

  it("is three times what a slow server took, and four seconds at most", () => {
    deadline.answered(300);
    expect(deadline.ms).toBe(900);
    deadline.answered(20);
    expect(deadline.ms).toBe(900);
    deadline.answered(9000);
    expect(deadline.ms).toBe(4000);
  });

  it("forgets: half of it each 20 s", async () => {
    deadline.answered(600);
    await clock.advance(20_000);
    expect(deadline.ms).toBe(900);
    await clock.advance(20_000);
    expect(deadline.ms).toBe(500);
  });

  it("learns from an answer that is slower than what has faded", async () => {
    deadline.answered(600);
    await clock.advance(20_000);
    deadline.answered(400);
    expect(deadline.ms).toBe(1200);
  });
});
