import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type KeyAge,
  LONGEST_TOKEN_MS,
  PUBLISHED_MS,
  RETIRED_AFTER_MS,
  rotateKeys,
  signingKeyAt,
} from "./signing-keys.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const INTERVAL = 720 * HOUR;
const START = Date.parse("2030-01-01T00:00:00Z");
const key = (kid: string, createdAt: number | undefined): KeyAge => ({ kid, createdAt });

describe("rotateKeys", () => {
  test("a platform without keys gets one", () => {
    expect(rotateKeys([], INTERVAL, START)).toMatchObject({ kept: [], retired: [], isDue: true });
  });

  test("one that is yet to be made is as new as can be", () => {
    const expected = { kept: ["a"], retired: [], isDue: false, lookAgainAt: START + INTERVAL };
    expect(rotateKeys([key("a", undefined)], INTERVAL, START)).toEqual(expected);
    expect(rotateKeys([key("a", START)], INTERVAL, START)).toEqual(expected);
  });

  test("the next one is made when the newest is as old as the interval", () => {
    const keys = [key("a", START)];
    expect(rotateKeys(keys, INTERVAL, START + INTERVAL - 1)).toMatchObject({ isDue: false });
    expect(rotateKeys(keys, INTERVAL, START + INTERVAL)).toMatchObject({ kept: ["a"], isDue: true });
  });

  test("the former one goes when no token of it can live any more, and not before", () => {
    const made = START + INTERVAL;
    const keys = [key("b", made), key("a", START)];
    expect(rotateKeys(keys, INTERVAL, made)).toEqual({
      kept: ["a", "b"],
      retired: [],
      isDue: false,
      lookAgainAt: made + RETIRED_AFTER_MS,
    });
    expect(rotateKeys(keys, INTERVAL, made + RETIRED_AFTER_MS - 1).kept).toEqual(["a", "b"]);
    expect(rotateKeys(keys, INTERVAL, made + RETIRED_AFTER_MS)).toEqual({
      kept: ["b"],
      retired: ["a"],
      isDue: false,
      lookAgainAt: made + INTERVAL,
    });
  });

  test("after years without an operator the newest key stays until a new one has taken its place", () => {
    const keys = [key("a", START), key("b", START + INTERVAL)];
    const later = START + 100 * INTERVAL;
    expect(rotateKeys(keys, INTERVAL, later)).toMatchObject({ kept: ["b"], retired: ["a"], isDue: true });
  });
});

describe("signingKeyAt", () => {
  test("the first key signs at once", () => {
    expect(signingKeyAt([key("a", START)], START)?.kid).toBe("a");
    expect(signingKeyAt([key("b", START + 1_000), key("a", START)], START + 2_000)?.kid).toBe("a");
    expect(signingKeyAt([], START)).toBeUndefined();
  });

  test("a new one signs when every server knows it", () => {
    const keys = [key("b", START + HOUR), key("a", START)];
    expect(signingKeyAt(keys, START + HOUR + PUBLISHED_MS - 1)?.kid).toBe("a");
    expect(signingKeyAt(keys, START + HOUR + PUBLISHED_MS)?.kid).toBe("b");
  });
});

/**
 * The life of a platform, in steps: time passes, an operator looks (by its own clock or the API server's, the earlier of
 * the two, as it does) or dies before its writes are all done, somebody signs.
 */
describe("whatever happens, and whatever the clocks say", () => {
  const away = fc.integer({ min: -30 * 24 * HOUR, max: 30 * 24 * HOUR });
  const clock = fc.oneof(fc.constant(0), fc.integer({ min: -MINUTE, max: MINUTE }), away);
  const INTERVALS = fc.constantFrom(HOUR, 2 * HOUR, 26 * HOUR, INTERVAL);
  const step = fc.oneof(
    fc.record({ what: fc.constant("wait" as const), ms: fc.integer({ min: 0, max: 26 * HOUR }) }),
    fc.record({
      what: fc.constant("wait" as const),
      ms: fc.constantFrom(1, 1_000, PUBLISHED_MS - 1_000, PUBLISHED_MS - 1, PUBLISHED_MS, LONGEST_TOKEN_MS),
    }),
    // When nothing else wakes the operator, it looks when it has to.
    fc.record({ what: fc.constant("wake" as const), interval: INTERVALS }),
    fc.record({ what: fc.constant("wake" as const), interval: fc.constant(26 * HOUR) }),
    fc.record({
      what: fc.constant("look" as const),
      ahead: clock,
      // After which of its writes the operator is killed: the public halves, the new Secret, the old ones.
      writes: fc.constantFrom(0, 1, 2, 3, 3, 3),
      interval: INTERVALS,
    }),
    fc.record({
      what: fc.constant("sign" as const),
      // Who signs asks one of several API servers for the time.
      ahead: fc.constantFrom(0, -MINUTE, MINUTE),
      life: fc.constantFrom(LONGEST_TOKEN_MS, HOUR, 1),
    }),
    // The longest token, in the last moment before the next key signs.
    fc.record({ what: fc.constant("sign late" as const) }),
    fc.record({ what: fc.constant("restore" as const), which: fc.nat({ max: 5 }) }),
  );

  /** Runs the steps, and gives what must hold after each of them to `check`. */
  function run(
    steps: readonly (typeof step extends fc.Arbitrary<infer T> ? T : never)[],
    check: (state: State) => void,
  ) {
    const state: State = { now: START, secrets: [], published: [], tokens: [], made: 0 };
    for (const one of steps) {
      if (one.what === "wait") state.now += one.ms;
      else if (one.what === "wake") wake(state, one.interval);
      else if (one.what === "look") look(state, one);
      else if (one.what === "sign") sign(state, one);
      else if (one.what === "sign late") signLate(state);
      else restore(state, one.which);
      check(state);
    }
  }

  interface State {
    now: number;
    secrets: { kid: string; createdAt: number; signed?: boolean }[];
    published: string[];
    tokens: { kid: string; exp: number }[];
    made: number;
  }

  function look(state: State, { ahead, writes, interval }: { ahead: number; writes: number; interval: number }): void {
    const { now } = state;
    const rotation = rotateKeys(state.secrets, interval, Math.min(now + ahead, now));
    const next = rotation.isDue ? [`key-${String(++state.made).padStart(5, "0")}`] : [];
    if (writes >= 1) state.published = [...rotation.kept, ...next];
    // Times of Secrets are whole seconds.
    if (writes >= 2) state.secrets.push(...next.map((kid) => ({ kid, createdAt: Math.floor(now / 1000) * 1000 })));
    if (writes >= 3) state.secrets = state.secrets.filter(({ kid }) => !rotation.retired.includes(kid));
  }

  function wake(state: State, interval: number): void {
    const { lookAgainAt } = rotateKeys(state.secrets, interval, state.now);
    if (lookAgainAt !== Infinity) state.now = lookAgainAt;
    look(state, { ahead: 0, writes: 3, interval });
  }

  function sign(state: State, { ahead, life }: { ahead: number; life: number }): void {
    const known = state.secrets.filter(({ kid }) => state.published.includes(kid));
    const signing = signingKeyAt(known, state.now + ahead);
    if (signing !== undefined) state.tokens.push({ kid: signing.kid, exp: state.now + ahead + life });
  }

  function signLate(state: State): void {
    const newest = Math.max(...state.secrets.map(({ createdAt }) => createdAt));
    state.now = Math.max(state.now, newest + PUBLISHED_MS - 1);
    sign(state, { ahead: 0, life: LONGEST_TOKEN_MS });
  }

  /** Somebody deletes a Secret, and the operator makes it again: it is as new as any, by its time. */
  function restore(state: State, which: number): void {
    const secret = state.secrets[which];
    if (secret !== undefined) secret.createdAt = Math.floor(state.now / 1000) * 1000;
  }

  const steps = fc.array(step, { minLength: 1, maxLength: 60 });

  test("a key is known for as long as a token of it lives", () => {
    fc.assert(
      fc.property(steps, (all) => {
        run(all, ({ now, tokens, published }) => {
          const living = tokens.filter(({ exp }) => exp + 30_000 > now);
          expect(living.filter(({ kid }) => !published.includes(kid))).toEqual([]);
        });
      }),
      { numRuns: 3_000 },
    );
  });

  test("a key that can be signed with is known, once anything was applied", () => {
    fc.assert(
      fc.property(steps, (all) => {
        run(all, ({ secrets, published, made }) => {
          if (made === 0 || secrets.length === 0) return;
          expect(secrets.some(({ kid }) => published.includes(kid))).toBe(true);
        });
      }),
      { numRuns: 500 },
    );
  });

  test("an operator that looks again at once does nothing, and is told to look before anything is due", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 90 * 24 * HOUR }), { maxLength: 6 }),
        fc.constantFrom(HOUR, INTERVAL),
        (ages, interval) => {
          const keys = ages.map((age, index) => key(`k${index}`, START - age));
          const first = rotateKeys(keys, interval, START);
          const left = keys.filter(({ kid }) => first.kept.includes(kid));
          const all = first.isDue ? [...left, key("new", START)] : left;
          const second = rotateKeys(all, interval, START);
          expect(second).toMatchObject({ retired: [], isDue: false });
          expect(second.lookAgainAt).toBeGreaterThan(START);
          const before = rotateKeys(all, interval, second.lookAgainAt - 1);
          expect(before).toMatchObject({ retired: [], isDue: false });
          const then = rotateKeys(all, interval, second.lookAgainAt);
          expect(then.isDue || then.retired.length > 0).toBe(true);
        },
      ),
    );
  });

  test("keys do not pile up: as many as intervals fit into the time that one stays, and one that signs", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 3 * HOUR }), { minLength: 10, maxLength: 300 }), (waits) => {
        const state: State = { now: START, secrets: [], published: [], tokens: [], made: 0 };
        for (const ms of waits) {
          state.now += ms;
          look(state, { ahead: 0, writes: 3, interval: HOUR });
          expect(state.secrets.length).toBeLessThanOrEqual(Math.ceil(RETIRED_AFTER_MS / HOUR) + 2);
        }
      }),
      { numRuns: 50 },
    );
  });
});
