import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { balancingMoves, idsOf, isComplete, parseSlots, slotCount, slotOf } from "./slots.ts";

describe("a slot", () => {
  test("is the first ten bits of an id", () => {
    expect(slotOf("00000000-0000-4000-8000-000000000000")).toBe(0);
    expect(slotOf("003fffff-ffff-4fff-bfff-ffffffffffff")).toBe(0);
    expect(slotOf("00400000-0000-4000-8000-000000000000")).toBe(1);
    expect(slotOf("ffffffff-ffff-4fff-bfff-ffffffffffff")).toBe(slotCount - 1);
  });

  test("has the ids from its first to its last one, and no other", () => {
    fc.assert(
      fc.property(fc.uuid(), fc.integer({ min: 0, max: slotCount - 1 }), (id, slot) => {
        const [first, last] = idsOf(slot);
        expect(id >= first && id <= last).toBe(slotOf(id) === slot);
      }),
    );
    expect(idsOf(1)).toEqual(["00400000-0000-0000-0000-000000000000", "007fffff-ffff-ffff-ffff-ffffffffffff"]);
  });
});

test("slots are read as PostgreSQL writes them", () => {
  expect(parseSlots("{}")).toEqual([]);
  expect(parseSlots("{[0,512),[600,601)}")).toEqual([
    [0, 512],
    [600, 601],
  ]);
});

test.each([
  ["{[0,1024)}", true],
  ["{[512,1024),[0,512)}", true],
  ["{}", false],
  ["{[0,1023)}", false],
  ["{[1,1024)}", false],
  ["{[0,513),[512,1024)}", false],
  ["{[0,500),[512,1024)}", false],
  ["{[0,1024),[3,4)}", false],
])("%s: complete is %s", (text, complete) => {
  expect(isComplete(parseSlots(text))).toBe(complete);
});

describe("balancing", () => {
  const all = (database: number): number[] => Array.from({ length: slotCount }, () => database);

  test("from one database to two moves half of the slots, the last ones", () => {
    const moves = balancingMoves(all(0), 2);
    expect(moves).toHaveLength(512);
    expect(moves[0]).toEqual({ slot: 1_023, from: 0, to: 1 });
    expect(Math.min(...moves.map(({ slot }) => slot))).toBe(512);
  });

  test("moves no slot twice, none home, and no more than it has to", () => {
    const owners = fc.array(fc.nat({ max: 2 }), { minLength: slotCount, maxLength: slotCount });
    fc.assert(
      fc.property(owners, fc.integer({ min: 3, max: 6 }), (before, databases) => {
        const after = [...before];
        const moves = balancingMoves(before, databases);
        for (const { slot, from, to } of moves) {
          expect([after[slot], to === 0]).toEqual([from, false]);
          after[slot] = to;
        }
        expect(new Set(moves.map(({ slot }) => slot)).size).toBe(moves.length);
        const sizes = Array.from({ length: databases }, (_, database) => after.filter((o) => o === database).length);
        const [home = 0, ...others] = sizes;
        expect(Math.max(...others, home) - Math.min(...others)).toBeLessThan(2);
      }),
      { numRuns: 20 },
    );
  });

  test("of what is balanced moves nothing", () => {
    const halves = all(0).map((_, slot) => (slot < 512 ? 0 : 1));
    expect(balancingMoves(halves, 2)).toEqual([]);
  });
});
