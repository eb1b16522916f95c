import { describe, expect, it } from "vitest";
import { FakeClock } from "../testing/fake-clock.ts";
import { EventBudget } from "./event-budget.ts";

describe("EventBudget", () => {
  it("gives each object 100 at once and one more each 5 s", async () => {
    const clock = new FakeClock();
    const budget = new EventBudget(clock);
    const taken = (key: string, tries: number) => Array.from({ length: tries }, () => budget.take(key)).filter(Boolean);
    expect(taken("a", 150)).toHaveLength(100);
    expect(taken("b", 1)).toHaveLength(1);
    await clock.advance(10_000);
    expect(taken("a", 10)).toHaveLength(2);
  });
});
