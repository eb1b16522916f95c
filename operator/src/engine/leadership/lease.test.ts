import { describe, expect, it } from "vitest";
import { heldBy, released } from "./lease.ts";

const now = Date.parse("2030-01-01T00:00:10.500Z");

describe("heldBy", () => {
  const other = {
    holderIdentity: "b",
    leaseDurationSeconds: 15,
    acquireTime: "x",
    renewTime: "y",
    leaseTransitions: 3,
  };

  it("counts a change of holder", () => {
    const spec = heldBy("a", other, 15, now);
    expect(spec).toEqual({
      holderIdentity: "a",
      leaseDurationSeconds: 15,
      acquireTime: "2030-01-01T00:00:10.500000Z",
      renewTime: "2030-01-01T00:00:10.500000Z",
      leaseTransitions: 4,
    });
  });

  it("moves only the time of renewal for the holder itself", () => {
    expect(heldBy("b", other, 15, now)).toEqual({ ...other, renewTime: "2030-01-01T00:00:10.500000Z" });
  });
});

describe("released", () => {
  it("leaves a lease that nobody holds", () => {
    expect(released({ holderIdentity: "a", leaseTransitions: 2 }, now)).toEqual({
      holderIdentity: "",
      leaseDurationSeconds: 1,
      leaseTransitions: 2,
      renewTime: "2030-01-01T00:00:10.500000Z",
    });
  });
});
