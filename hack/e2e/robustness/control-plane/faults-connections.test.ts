import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type FaultBench, startFaultBench } from "../../control-plane/support/fault-bench.ts";

let faults: FaultBench;

beforeAll(async () => {
  faults = await startFaultBench(["one", "two"]);
});

afterAll(() => faults?.stop());

describe("what somebody changes is put right within a second", () => {
  test("when all connections were just reset", async () => {
    expect(
      await faults.late("connections reset", () => {
        expect(faults.proxy.tcp.reset()).toBeGreaterThan(0);
      }),
    ).toEqual([]);
  });

  test("when all connections are half-open: nothing comes, and no end either", async () => {
    expect(
      await faults.late("connections half-open", () => {
        expect(faults.proxy.tcp.blackhole()).toBeGreaterThan(0);
      }),
    ).toEqual([]);
  });

  test("when every stream of a watch breaks, and its connection does not", async () => {
    expect(
      await faults.late("streams broken", () => {
        expect(faults.proxy.watches.cut()).toBeGreaterThan(0);
      }),
    ).toEqual([]);
  });

  test("when the API server is 25 ms away", async () => {
    expect(
      await faults.late(
        "25 ms away",
        () => {
          faults.proxy.tcp.latency(25);
          return () => faults.proxy.tcp.latency(0);
        },
        { atOnce: 4 },
      ),
    ).toEqual([]);
  });

  test("and in the end everything is as it must be, by one operator that never ended", async () => {
    expect(await faults.wrong()).toEqual([]);
    expect(await faults.operator.log()).toContain('"msg":"Leading"');
  });
});
