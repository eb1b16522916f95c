import type { ProfilePlatform, ProfilePlatformStatus } from "@profile-platform/crds";
import { describe, expect, test } from "vitest";
import { FakeClock } from "../../engine/testing/fake-clock.ts";
import { component, platformOfSpec } from "../testing.ts";
import { mayRestart, takeTurn } from "./take-turn.ts";
import { Turns } from "./turns.ts";

const MINUTE = 60_000;
const OBJECTS = ["StatefulSet a/b"];
const READY = [component("server", "Ready")];
const STARTING = [component("server", "Progressing")];

function start() {
  const clock = new FakeClock();
  const turns = new Turns({ clock, wake: () => undefined, recorded: () => [] });
  return { clock, turns, taking: () => ({ turns, now: clock.now() }) };
}

function platform(name: string, status: ProfilePlatformStatus, generation = 1): ProfilePlatform {
  const ready = { type: "Ready", status: "True" as const, reason: "A", message: "", lastTransitionTime: "" };
  const conditions = [{ ...ready, observedGeneration: generation }];
  return { ...platformOfSpec({}, { name, generation }), status: { conditions, rolledOutGeneration: 1, ...status } };
}

/** As the status of a platform has the turn that it got. */
const holding = (name: string, { since, until }: { readonly since: number; readonly until: number }) =>
  platform(name, { turn: { since: new Date(since).toISOString(), until: new Date(until).toISOString() } });

describe("pods may restart", () => {
  test("for a spec that was not rolled out yet, whoever has the turn", () => {
    const { turns, taking } = start();
    turns.ask("other", true);
    expect(mayRestart(platform("a", {}, 2), taking())).toBe(true);
    expect(mayRestart(platformOfSpec({}), taking())).toBe(true);
  });

  test("for one that was, in the platform's turn, once its status says so", () => {
    const { turns, taking } = start();
    expect(mayRestart(platform("a", {}), taking())).toBe(false);
    const { turn } = takeTurn(platform("a", {}), OBJECTS, READY, taking());
    if (turn === undefined) throw new Error("the turn was free");
    expect(mayRestart(platform("a", {}), taking())).toBe(false);
    expect(mayRestart(holding("a", turn), taking())).toBe(true);
    turns.leave("a");
    expect(mayRestart(holding("a", turn), taking())).toBe(false);
  });

  test("not when its time is up", () => {
    const { clock, taking } = start();
    const now = clock.now();
    expect(mayRestart(holding("a", { since: now - 10 * MINUTE, until: now }), taking())).toBe(false);
  });
});

describe("a turn", () => {
  test("is asked for while something awaits it, and told who is before", () => {
    const { clock, taking } = start();
    const turn = { since: clock.now(), until: clock.now() + 10 * MINUTE };
    expect(takeTurn(platform("a", {}), OBJECTS, READY, taking())).toEqual({
      turn,
      awaitedTurn: { objects: OBJECTS, after: undefined },
      turnExpired: false,
    });
    expect(takeTurn(platform("b", {}), OBJECTS, READY, taking())).toEqual({
      turn: undefined,
      awaitedTurn: { objects: OBJECTS, after: "a" },
      turnExpired: false,
    });
  });

  test("is kept until every component is ready, and then another's", () => {
    const { taking } = start();
    const { turn } = takeTurn(platform("a", {}), OBJECTS, READY, taking());
    if (turn === undefined) throw new Error("the turn was free");
    expect(takeTurn(holding("a", turn), [], STARTING, taking())).toEqual({
      turn,
      awaitedTurn: undefined,
      turnExpired: false,
    });
    expect(takeTurn(holding("a", turn), [], READY, taking())).toEqual({
      turn: undefined,
      awaitedTurn: undefined,
      turnExpired: false,
    });
    expect(takeTurn(platform("b", {}), OBJECTS, READY, taking()).turn).toBeDefined();
  });

  test("that runs out is told of, and what is left stands in line again", async () => {
    const { clock, taking } = start();
    const { turn } = takeTurn(platform("a", {}), OBJECTS, READY, taking());
    if (turn === undefined) throw new Error("the turn was free");
    takeTurn(platform("b", {}), OBJECTS, READY, taking());
    await clock.advance(10 * MINUTE);
    expect(takeTurn(holding("a", turn), [], STARTING, taking())).toEqual({
      turn: undefined,
      awaitedTurn: undefined,
      turnExpired: true,
    });
    expect(takeTurn(platform("b", {}), OBJECTS, READY, taking()).turn).toBeDefined();
    expect(takeTurn(holding("a", turn), OBJECTS, STARTING, taking())).toEqual({
      turn: undefined,
      awaitedTurn: { objects: OBJECTS, after: "b" },
      turnExpired: true,
    });
  });

  test("is left by a platform for which nothing is left to do", () => {
    const { turns, taking } = start();
    turns.ask("a", true);
    turns.ask("b", true);
    takeTurn(platform("a", {}), [], READY, taking());
    expect(turns.holds("a")).toBe(false);
    expect(turns.ask("b", true)).toHaveProperty("turn");
  });
});
