import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  answer,
  type Fault,
  firstOfEachPath,
  loseAnswer,
  type RequestMatch,
  slow,
  WATCHES,
  WRITES,
} from "../../../faults/index.ts";
import { type FaultBench, type Inject, startFaultBench } from "../../control-plane/support/fault-bench.ts";

let faults: FaultBench;

beforeAll(async () => {
  faults = await startFaultBench(["one", "two"]);
});

afterEach(async () => {
  expect(await faults.wrong()).toEqual([]);
});

afterAll(() => faults?.stop());

/** How often a server says no before it says yes. */
const TIMES = 3;

/** The first requests that match get the fault. */
function refusing(match: RequestMatch, fault: Fault): Inject {
  return () => {
    const rule = faults.proxy.rule({ match, times: TIMES, fault });
    return () => {
      expect(rule.applied).toBe(TIMES);
      rule.remove();
    };
  };
}

/** Every watch has to be opened anew, and meets the fault once. */
function refusingWatches(match: RequestMatch, fault: Fault): Inject {
  return () => {
    const rule = faults.proxy.rule({ match: { ...match, where: firstOfEachPath() }, fault });
    const ended = faults.proxy.watches.end();
    return () => {
      expect(rule.applied).toBeGreaterThanOrEqual(ended);
      rule.remove();
    };
  };
}

describe("what somebody changes is put right within a second", () => {
  test("when the server has just ended every watch", async () => {
    const end: Inject = () => {
      expect(faults.proxy.watches.end()).toBeGreaterThan(0);
    };
    expect(await faults.late("watches ended by the server", end)).toEqual([]);
  });

  test("when what is watched from is too old, by an ERROR event in the watch", async () => {
    const expire: Inject = () => {
      expect(faults.proxy.watches.expire()).toBeGreaterThan(0);
    };
    expect(await faults.late("410 as an event", expire)).toEqual([]);
  });

  test("when what is watched from is too old, by the answer to the watch", async () => {
    expect(await faults.late("410 as an answer", refusingWatches(WATCHES, answer(410)))).toEqual([]);
  });

  test.each([500, 503])("when watches and reads are answered with %i for a while", async (status) => {
    const match = { methods: ["GET"] };
    expect(await faults.late(`${status} for reads`, refusingWatches(match, answer(status)))).toEqual([]);
  });

  test.each([500, 504])("when writes are answered with %i for a while", async (status) => {
    expect(await faults.late(`${status} for writes`, refusing(WRITES, answer(status)))).toEqual([]);
  });

  test("when everything is throttled without a time to wait", async () => {
    const fault = answer(429, { retryAfterSeconds: 0 });
    expect(await faults.late("429, retry after 0 s", refusingWatches({}, fault))).toEqual([]);
  });

  test("when writes are throttled: a second after the second that the server asked to wait", async () => {
    const throttled = refusing(WRITES, answer(429, { retryAfterSeconds: 1 }));
    expect(
      await faults.late("429, retry after 1 s, writes", throttled, { atOnce: 2, limit: TIMES * 1000 + 1000 }),
    ).toEqual([]);
  });

  test("when watches are throttled: a second after the second that the server asked to wait", async () => {
    const fault = answer(429, { retryAfterSeconds: 1 });
    expect(
      await faults.late("429, retry after 1 s, watches", refusingWatches(WATCHES, fault), { limit: 2000 }),
    ).toEqual([]);
  });

  test("when each answer takes 50 ms", async () => {
    const slowness: Inject = () => {
      const rule = faults.proxy.rule({ fault: slow({ answerMs: 50 }) });
      return () => rule.remove();
    };
    expect(await faults.late("each answer 50 ms late", slowness, { atOnce: 4, rounds: 10 })).toEqual([]);
  });

  test("when the answers to writes get lost", async () => {
    expect(await faults.late("answers to writes lost", refusing(WRITES, loseAnswer("reset")))).toEqual([]);
  });

  test("when reads and watches break before their answer", async () => {
    expect(
      await faults.late("answers to reads lost", refusingWatches({ methods: ["GET"] }, loseAnswer("reset"))),
    ).toEqual([]);
  });
});
