import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { chooseSlot, listStates, readState, writeState } from "./state.ts";

it("gives local and test the same slots on every machine", () => {
  expect(chooseSlot("local", [])).toBe(0);
  expect(chooseSlot("test", [{ name: "local", slot: 0 }])).toBe(1);
});

it("gives another name the lowest slot that is free, and the same one again", () => {
  const states = [
    { name: "a", slot: 2 },
    { name: "b", slot: 4 },
  ];
  expect(chooseSlot("c", states)).toBe(3);
  expect(chooseSlot("b", states)).toBe(4);
});

it("says what to do when all slots are taken", () => {
  const states = Array.from({ length: 14 }, (_, index) => ({ name: `c${index}`, slot: index + 2 }));
  expect(() => chooseSlot("more", states)).toThrow("take one down first");
});

it("reads back what it wrote, and knows nothing of what is not there", () => {
  const cache = mkdtempSync(join(tmpdir(), "state-"));
  const state = { name: "test", slot: 1, nodes: 3, phase: "up", bootId: "b", kube: "/k" } as const;
  expect(listStates(cache)).toEqual([]);
  writeState(cache, state);
  expect(readState(cache, "test")).toEqual(state);
  expect(readState(cache, "local")).toBeUndefined();
  expect(listStates(cache)).toEqual([state]);
  rmSync(cache, { recursive: true });
});
