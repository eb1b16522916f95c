import { describe, expect, it } from "vitest";
import { FakeClock } from "../testing/fake-clock.ts";
import { NotLeaderError } from "../transport/write-fence.ts";
import { LeaseFence } from "./lease-fence.ts";

describe("LeaseFence", () => {
  const clock = new FakeClock();

  function opened(): LeaseFence {
    const fence = new LeaseFence(clock, 10_000);
    fence.open({ wall: clock.now(), monotonic: clock.monotonic() });
    return fence;
  }

  it("is closed until the lease is held", () => {
    expect(() => new LeaseFence(clock, 10_000).assertMayWrite()).toThrow(NotLeaderError);
  });

  it("closes by itself at the deadline", async () => {
    const fence = opened();
    await clock.advance(9_999);
    fence.assertMayWrite();
    await clock.advance(1);
    expect(() => fence.assertMayWrite()).toThrow(
      "this process does not hold the lease (any more), and so writes nothing",
    );
  });

  it("closes when the machine slept: the wall clock moved, the monotonic one did not", () => {
    const fence = opened();
    clock.setWall(20_000);
    expect(fence.isOpen).toBe(false);
  });

  it("closes in time though the wall clock was set back", async () => {
    const fence = opened();
    clock.setWall(-3_600_000);
    await clock.advance(10_000);
    expect(fence.isOpen).toBe(false);
  });
});
