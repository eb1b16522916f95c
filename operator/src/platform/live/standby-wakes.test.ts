import { expect, test } from "vitest";
import type { AddOptions } from "../../engine/controller/work-queue.ts";
import { StandbyWakes } from "./standby-wakes.ts";

test("a replica that stands by queues nothing, and then everything once, at the highest priority asked for", () => {
  const queued: unknown[] = [];
  const wakes = new StandbyWakes({ add: (key: string, options?: AddOptions) => void queued.push([key, options]) });
  wakes.add("a", { priority: -100 });
  wakes.add("b", { priority: -100 });
  wakes.add("a");
  wakes.add("a", { priority: -100 });
  expect(queued).toEqual([]);
  wakes.release();
  expect(queued).toEqual([
    ["a", { priority: 0 }],
    ["b", { priority: -100 }],
  ]);
  wakes.add("b");
  expect(queued.at(-1)).toEqual(["b", { priority: 0 }]);
  wakes.release();
  expect(queued).toHaveLength(3);
});
