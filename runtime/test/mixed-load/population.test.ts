import { expect, test } from "vitest";
import { Ledger } from "./oracle/ledger.ts";
import { ProfileHistory } from "./oracle/profile-history.ts";
import { Population, type Subject } from "./population.ts";

const ledger = new Ledger();

function subject(id: string): Subject {
  return { history: new ProfileHistory({ id, text: "", sentAt: 0, acknowledgedAt: 0 }, ledger), email: id };
}

const first = () => 0;

test("a profile has one writer at a time, and the next one waits", async () => {
  const population = new Population(2, first);
  const a = subject("a");
  population.add(a);
  expect(await population.acquire()).toBe(a);
  const order: string[] = [];
  const waiting = ["x", "y"].map(async (name) => {
    await population.acquire();
    order.push(name);
    population.release(a);
  });
  await Promise.resolve();
  expect(order).toEqual([]);
  population.release(a);
  await Promise.all(waiting);
  expect(order).toEqual(["x", "y"]);
});

test("who waits for the last one, which is then gone, is told that there is none", async () => {
  const population = new Population(1, first);
  const a = subject("a");
  population.add(a);
  await population.acquire();
  const waiting = population.acquire();
  a.history.acknowledged(a.history.beginDelete(1), "gone", 2);
  population.release(a);
  expect([await waiting, await population.acquire()]).toEqual([undefined, undefined]);
});

test("there are never many more in use than there are to be, however they are picked", async () => {
  let state = 1;
  // Any sequence that looks like chance, and is the same each time.
  const random = (): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  const population = new Population(8, random);
  let most = 0;
  for (let operation = 0; operation < 20_000; operation += 1) {
    if (operation % 8 === 0) population.add(subject(String(operation)));
    const acquired = await population.acquire();
    if (acquired !== undefined) population.release(acquired);
    most = Math.max(most, population.inUse);
  }
  expect(most).toBeGreaterThanOrEqual(8);
  expect(most).toBeLessThan(20);
});

test("the oldest of too many is left alone, and what is gone is not written any more", async () => {
  const population = new Population(1, first);
  const [a, b] = [subject("a"), subject("b")];
  population.add(a);
  population.add(b);
  expect(await population.acquire()).toBe(a);
  population.release(a);
  expect([population.inUse, population.pickUsed(), population.pickOther()]).toEqual([1, b, a]);
  const deletion = b.history.beginDelete(1);
  b.history.acknowledged(deletion, "gone", 2);
  expect(await population.acquire()).toBe(b);
  population.release(b);
  expect([population.inUse, population.all]).toEqual([0, [a, b]]);
});
