import { beforeEach, describe, expect, it } from "vitest";
import { FakeClock } from "../testing/fake-clock.ts";
import { type IdleError, IdleTimer, type Listened } from "./idle-timer.ts";

class Line implements Listened {
  heardAt: number;
  readonly errors: IdleError[] = [];

  constructor(heardAt: number) {
    this.heardAt = heardAt;
  }

  onIdle(error: IdleError): void {
    this.errors.push(error);
  }
}

describe("IdleTimer", () => {
  let clock: FakeClock;
  let timer: IdleTimer;

  beforeEach(() => {
    clock = new FakeClock();
    timer = new IdleTimer(clock, 1000);
  });

  function line(): Line {
    const added = new Line(clock.monotonic());
    timer.add(added);
    return added;
  }

  it("tells of each at its own time, once, with one timer for all", async () => {
    const first = line();
    await clock.advance(300);
    const second = line();
    expect(clock.pending).toEqual([700]);
    await clock.advance(699);
    expect(first.errors).toEqual([]);
    await clock.advance(1);
    expect(first.errors.map(({ message }) => message)).toEqual(["nothing came for 1000 ms"]);
    expect([second.errors, clock.pending]).toEqual([[], [300]]);
    await clock.advance(10_000);
    expect([first.errors.length, second.errors.length, clock.pending]).toEqual([1, 1, []]);
  });

  it("counts from when something was heard last", async () => {
    const talking = line();
    for (let i = 0; i < 5; i++) {
      await clock.advance(900);
      talking.heardAt = clock.monotonic();
    }
    expect(talking.errors).toEqual([]);
    await clock.advance(999);
    expect(talking.errors).toEqual([]);
    await clock.advance(1);
    expect(talking.errors).toHaveLength(1);
  });

  it("forgets who has ended, and leaves no timer when all have", async () => {
    const [ended, other] = [line(), line()];
    timer.delete(ended);
    expect(clock.pending).toEqual([1000]);
    timer.delete(other);
    expect(clock.pending).toEqual([]);
    await clock.advance(5000);
    expect([ended.errors, other.errors]).toEqual([[], []]);
    line();
    expect(clock.pending).toEqual([1000]);
  });
});
