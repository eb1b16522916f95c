import { expect, test } from "vitest";
import { type AcknowledgedWrite, keyOf } from "../acknowledged-write.ts";
import { lostWrites } from "./lost-writes.ts";
import { secondPrimary } from "./second-primary.ts";
import { writeGap } from "./write-gap.ts";

const OLD = { server: "10.244.1.2", timeline: 1 };
const NEW = { server: "10.244.2.2", timeline: 2 };

let number = 0;

/** Sent at one moment and acknowledged at another. */
function write(sentAt: number, at: number, by: Pick<AcknowledgedWrite, "server" | "timeline">): AcknowledgedWrite {
  number += 1;
  return { writer: 1, number, sentAt, at, ...by };
}

const keys = (writes: readonly AcknowledgedWrite[]) => new Set(writes.map(keyOf));

test("a write that was acknowledged and is not there is lost; one that is there and was not acknowledged is nothing", () => {
  const [first, second, third] = [write(0, 1, OLD), write(2, 3, OLD), write(4, 5, NEW)];
  expect(lostWrites([first, third], keys([first, second, third]))).toEqual([]);
  expect(lostWrites([first, second, third], keys([first, third]))).toEqual([second]);
});

test("one primary after the other is no second primary", () => {
  const writes = [write(0, 1, OLD), write(2, 3, OLD), write(20, 21, NEW), write(22, 23, NEW)];
  expect(secondPrimary(writes)).toEqual({ accepted: [], late: [] });
});

test("a former primary that takes a write after the newer one did is a second primary", () => {
  const twice = write(25, 26, OLD);
  const writes = [write(0, 1, OLD), write(20, 21, NEW), twice, write(27, 28, NEW)];
  expect(secondPrimary(writes)).toEqual({ accepted: [twice], late: [] });
});

test("two servers on one timeline are two primaries as well", () => {
  const twice = write(25, 26, OLD);
  const writes = [write(0, 1, OLD), write(20, 21, { ...OLD, server: NEW.server }), twice];
  expect(secondPrimary(writes).accepted).toEqual([twice]);
});

test("what a former primary was sent before and acknowledges after is told apart", () => {
  const late = write(2, 30, OLD);
  const writes = [write(0, 1, OLD), write(20, 21, NEW), late];
  expect(secondPrimary(writes)).toEqual({ accepted: [], late: [late] });
});

test("a primary that is so again after another begins a timeline of its own", () => {
  const writes = [write(0, 1, OLD), write(20, 21, NEW), write(40, 41, { ...OLD, timeline: 3 })];
  expect(secondPrimary(writes)).toEqual({ accepted: [], late: [] });
});

test("the gap is the longest time between two acknowledged writes, in whatever order they were told", () => {
  const writes = [5, 9, 40, 12, 41].map((at) => write(at, at, OLD));
  expect(writeGap(writes, { from: 10, until: 45 })).toBe(28);
});

test("a gap begins with the last write before the window, and lasts to its end when none comes again", () => {
  const writes = [5, 9].map((at) => write(at, at, OLD));
  expect(writeGap(writes, { from: 10, until: 100 })).toBe(91);
  expect(writeGap([], { from: 10, until: 100 })).toBe(90);
});
