import { expect, test } from "vitest";
import { selfTimes } from "./profile.ts";

const node = (id: number, functionName: string, url = "", lineNumber = -1) => ({
  id,
  callFrame: { functionName, url, lineNumber },
});

test("time belongs to the function on top, whoever called it; waiting is no work", () => {
  const profile = {
    nodes: [
      node(1, "(root)"),
      node(2, "(idle)"),
      node(3, "hashOf", "file:///app/operator.mjs", 9),
      node(4, "hashOf", "file:///app/operator.mjs", 9),
      node(5, "", "file:///app/operator.mjs", 19),
      node(6, "(garbage collector)"),
    ],
    samples: [1, 2, 3, 4, 5, 6],
    timeDeltas: [10, 5_000, 2_000, 3_000, 1_000, 4_000],
  };
  expect(selfTimes(profile)).toEqual([
    { place: "hashOf operator.mjs:10", milliseconds: 5, share: 0.5 },
    { place: "(garbage collector)", milliseconds: 4, share: 0.4 },
    { place: "(anonymous) operator.mjs:20", milliseconds: 1, share: 0.1 },
  ]);
});
