import { FakeClock } from "@profile-platform/operator/engine/testing/fake-clock";
import { describe, expect, test } from "vitest";
import type { FaultProxy } from "../faults/index.ts";
import { attribute, Chaos, type Injection } from "./chaos.ts";
import type { ChaosFault } from "./chaos-faults.ts";
import { SeededRandom } from "./random.ts";

function fault(name: string, fields: Partial<ChaosFault> = {}): ChaosFault {
  return { name, lastsMs: [100, 100], inject: () => ({ end: () => undefined }), ...fields };
}

const injection = (name: string, from: number, until: number | undefined, fields = {}): Injection => ({
  fault: fault(name, fields),
  from,
  until,
});

describe("Chaos", () => {
  test("injects each fault before any comes a second time, and ends what it began", async () => {
    const clock = new FakeClock();
    const active = new Set<string>();
    const seen: string[] = [];
    const faults = ["a", "b", "c"].map((name) =>
      fault(name, {
        inject: () => {
          active.add(name);
          return { end: () => void active.delete(name) };
        },
      }),
    );
    const stop = new AbortController();
    // Nothing of the proxy is used by these faults.
    const proxy = {} as FaultProxy;
    const chaos = new Chaos({
      proxy,
      random: new SeededRandom(1),
      clock,
      faults,
      onInjected: ({ name }) => seen.push(name),
    });
    const running = chaos.run(stop.signal);
    while (seen.length < 6) await clock.advance(50);
    expect(active.size).toBe(1);
    stop.abort();
    await running;
    expect([seen.slice(0, 3).sort(), seen.slice(3).sort()]).toEqual([
      ["a", "b", "c"],
      ["a", "b", "c"],
    ]);
    expect(active.size).toBe(0);
    expect(chaos.history.every(({ from, until }) => until !== undefined && until - from <= 150)).toBe(true);
  });
});

describe("attribute", () => {
  test("to the last fault that was in force meanwhile, or shortly before", () => {
    const history = [injection("a", 0, 100), injection("b", 2000, 2000), injection("c", 9000, undefined)];
    const name = (from: number, until: number) => attribute(history, from, until).fault;
    expect([name(50, 60), name(900, 950), name(1500, 1600)]).toEqual(["a", "a", "none"]);
    expect([name(1500, 2500), name(2900, 2950), name(8000, 9500)]).toEqual(["b", "b", "c"]);
  });

  test("an answer is due when an outage has ended, and a server may ask for patience", () => {
    const history = [
      injection("away", 1000, 2000, { outage: true }),
      injection("throttled", 4000, 4500, { waitMs: 1000 }),
    ];
    expect(attribute(history, 1500, 2300)).toEqual({ fault: "away", dueFrom: 2000, waitMs: 0 });
    expect(attribute(history, 2500, 2600)).toEqual({ fault: "away", dueFrom: 2500, waitMs: 0 });
    expect(attribute(history, 4100, 5400)).toEqual({ fault: "throttled", dueFrom: 4100, waitMs: 1000 });
    expect(attribute(history, 1500, 1600).dueFrom).toBe(1600);
  });
});
