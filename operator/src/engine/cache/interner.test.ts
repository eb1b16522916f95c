import { expect, test } from "vitest";
import { Interner } from "./interner.ts";

test("equal values are one", () => {
  const interner = new Interner();
  const labels = interner.value({ app: "a", tier: "b" });
  expect(interner.value({ tier: "b", app: "a" })).toBe(labels);
  expect(interner.value({ app: "b" })).not.toBe(labels);
  const owners = interner.value([{ kind: "A", uid: "1", controller: true }]);
  expect(interner.value([{ kind: "A", uid: "1", controller: true }])).toBe(owners);
  expect(owners).toEqual([{ kind: "A", uid: "1", controller: true }]);
});

test("what is not there stays so", () => {
  expect(new Interner().text(undefined)).toBeUndefined();
  expect(new Interner().value(undefined)).toBeUndefined();
});

test("what nobody asks for any more is forgotten, what somebody asks for is not", () => {
  const interner = new Interner(2);
  const [kept, lost] = [interner.value({ a: "kept" }), interner.value({ a: "lost" })];
  for (let i = 0; i < 10; i++) {
    interner.value({ a: `passing ${i}` });
    expect(interner.value({ a: "kept" })).toBe(kept);
  }
  expect(interner.value({ a: "lost" })).not.toBe(lost);
});
