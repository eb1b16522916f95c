import { describe, expect, test } from "vitest";
import { FakeClock } from "../../engine/testing/fake-clock.ts";
import type { Turn } from "../apply/outcome.ts";
import { Turns } from "./turns.ts";

const MINUTE = 60_000;

function start(recorded: readonly (readonly [string, Turn])[] = []) {
  const clock = new FakeClock();
  const woken: string[] = [];
  const turns = new Turns({ clock, wake: (platform) => void woken.push(platform), recorded: () => recorded });
  return { clock, woken, turns };
}

describe("one platform at a time", () => {
  test("has the turn, and keeps it however often it asks", () => {
    const { clock, turns } = start();
    const turn = { since: clock.now(), until: clock.now() + 10 * MINUTE };
    expect(turns.ask("a", true)).toEqual({ turn });
    expect(turns.ask("a", false)).toEqual({ turn });
    expect([turns.holds("a"), turns.holds("b")]).toEqual([true, false]);
  });

  test("others stand in line, each told who is right before", () => {
    const { turns } = start();
    turns.ask("a", true);
    expect(["b", "c", "b"].map((name) => turns.ask(name, true))).toEqual([
      { after: "a" },
      { after: "b" },
      { after: "a" },
    ]);
  });

  test("the next one is woken when it is done, and no other", () => {
    const { turns, woken } = start();
    for (const name of ["a", "b", "c"]) turns.ask(name, true);
    turns.leave("a");
    expect(woken).toEqual(["b"]);
    expect(turns.ask("c", true)).toEqual({ after: "b" });
    expect(turns.ask("b", true)).toHaveProperty("turn");
    turns.leave("b");
    expect(woken).toEqual(["b", "c"]);
  });

  test("one that needs no turn any more holds up nobody", () => {
    const { turns, woken } = start();
    for (const name of ["a", "b", "c"]) turns.ask(name, true);
    turns.leave("a");
    turns.leave("b");
    expect(woken).toEqual(["b", "c"]);
    expect(turns.ask("c", true)).toHaveProperty("turn");
  });

  test("one that does not answer is passed over, and stands at the end then", async () => {
    const { clock, turns, woken } = start();
    for (const name of ["a", "b", "c"]) turns.ask(name, true);
    turns.leave("a");
    await clock.advance(10_000);
    expect(woken).toEqual(["b", "c"]);
    expect(turns.ask("c", true)).toHaveProperty("turn");
    expect(turns.ask("b", true)).toEqual({ after: "c" });
  });
});

describe("a platform that is not Ready", () => {
  test("comes after those that are", () => {
    const { turns } = start();
    turns.ask("a", true);
    turns.ask("broken", false);
    expect(turns.ask("b", true)).toEqual({ after: "a" });
    expect(turns.ask("broken", false)).toEqual({ after: "b" });
  });

  test("has a free turn once no healthy one has asked for a moment, however often it asks itself", async () => {
    const { clock, turns, woken } = start();
    for (let second = 0; second < 10; second++) {
      expect(turns.ask("broken", false)).toEqual({ after: undefined });
      await clock.advance(1_000);
    }
    expect(woken).toEqual(["broken"]);
    expect(turns.ask("broken", false)).toEqual({
      turn: { since: clock.now(), until: clock.now() + 2 * MINUTE },
    });
  });

  test("leaves a free turn to a healthy one that asks within that moment", async () => {
    const { clock, turns, woken } = start();
    turns.ask("broken", false);
    await clock.advance(5_000);
    expect(turns.ask("a", true)).toHaveProperty("turn");
    await clock.advance(9 * MINUTE);
    expect(woken).toEqual([]);
  });

  test("that has gone by then leaves nothing behind", async () => {
    const { clock, turns, woken } = start();
    turns.ask("broken", false);
    turns.leave("broken");
    await clock.advance(MINUTE);
    expect(woken).toEqual([]);
    expect(clock.pending).toEqual([]);
  });
});

test("a turn ends with its time: its platform hears of it, and the next one has it", async () => {
  const { clock, turns, woken } = start();
  for (const name of ["a", "b"]) turns.ask(name, true);
  await clock.advance(10 * MINUTE - 1);
  expect(woken).toEqual([]);
  await clock.advance(1);
  expect(woken).toEqual(["b", "a"]);
  expect(turns.holds("a")).toBe(false);
  expect(turns.ask("b", true)).toHaveProperty("turn");
  expect(turns.ask("a", false)).toEqual({ after: "b" });
});

describe("a process that starts", () => {
  test("knows of the turn that goes on, and for how long", async () => {
    const now = new FakeClock().now();
    const { clock, turns, woken } = start([["a", { since: now - MINUTE, until: now + MINUTE }]]);
    expect(turns.ask("b", true)).toEqual({ after: "a" });
    expect(turns.holds("a")).toBe(true);
    await clock.advance(MINUTE);
    expect(woken).toEqual(["b", "a"]);
  });

  test("forgets one that is over", () => {
    const now = new FakeClock().now();
    const { turns } = start([["a", { since: now - 11 * MINUTE, until: now - MINUTE }]]);
    expect(turns.ask("b", true)).toHaveProperty("turn");
  });
});

test("a process that stops leaves no timer", () => {
  const { clock, turns } = start();
  turns.ask("a", true);
  turns.stop();
  expect(clock.pending).toEqual([]);
});
