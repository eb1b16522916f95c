import { describe, expect, it, vi } from "vitest";
import { FakeClock } from "../testing/fake-clock.ts";
import { sleep, systemClock } from "./clock.ts";

describe("sleep", () => {
  it("resolves when the time is over, not before", async () => {
    const clock = new FakeClock();
    const awake = vi.fn<() => void>();
    const sleeping = sleep(clock, 100, new AbortController().signal).finally(awake);
    await clock.advance(99);
    expect(awake).not.toHaveBeenCalled();
    await clock.advance(1);
    await sleeping;
  });

  it("resolves at once on abort and leaves no timer behind", async () => {
    const clock = new FakeClock();
    const abort = new AbortController();
    const sleeping = sleep(clock, 100, abort.signal);
    abort.abort();
    await sleeping;
    expect(clock.pending).toEqual([]);
    await sleep(clock, 100, abort.signal);
    expect(clock.pending).toEqual([]);
  });
});

describe("systemClock", () => {
  it("does not fire at once what lies further ahead than a Node timer reaches", async () => {
    let fired = false;
    const cancel = systemClock.schedule(() => {
      fired = true;
    }, 2 ** 40);
    await sleep(systemClock, 20, new AbortController().signal);
    cancel();
    expect(fired).toBe(false);
  });
});
