import { describe, expect, it } from "vitest";
import { type Condition, setCondition } from "./conditions.ts";

const now = Date.parse("2030-01-01T00:00:00.123Z");
const ready: Condition = {
  type: "Ready",
  status: "False",
  reason: "Progressing",
  message: "waits for postgresql",
  observedGeneration: 1,
  lastTransitionTime: "2029-12-31T00:00:00Z",
};

describe("setCondition", () => {
  it("keeps the time while only reason and message change", () => {
    const { lastTransitionTime: _, ...next } = { ...ready, message: "waits for server", observedGeneration: 2 };
    expect(setCondition([ready], next, now)).toEqual([
      { ...ready, message: "waits for server", observedGeneration: 2 },
    ]);
  });

  it("moves the time, to whole seconds, when the status changes", () => {
    const { lastTransitionTime: _, ...next } = { ...ready, status: "True" as const };
    expect(setCondition([ready], next, now)).toEqual([
      { ...ready, status: "True", lastTransitionTime: "2030-01-01T00:00:00Z" },
    ]);
  });

  it("adds a new type at the end and leaves the list it was given", () => {
    const list = [ready];
    const stalled = { type: "Stalled", status: "False", reason: "NoFault", message: "" } as const;
    expect(setCondition(list, stalled, now)).toEqual([
      ready,
      { ...stalled, lastTransitionTime: "2030-01-01T00:00:00Z" },
    ]);
    expect(list).toEqual([ready]);
  });
});
