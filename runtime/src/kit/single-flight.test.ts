import { expect, test } from "vitest";
import { SingleFlight } from "./single-flight.ts";

/** Calls that answer with their number, when they are told to. */
class Calls {
  made = 0;
  readonly #answers: (() => void)[] = [];

  readonly call = (): Promise<number> => {
    this.made += 1;
    const number = this.made;
    return new Promise((resolve) => this.#answers.push(() => resolve(number)));
  };

  async answer(): Promise<void> {
    this.#answers.shift()?.();
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  }
}

test("all who ask while a call is under way share one that is begun after it", async () => {
  const calls = new Calls();
  const flights = new SingleFlight<string, number>();
  const first = flights.run("a", calls.call);
  const others = Array.from({ length: 100 }, () => flights.run("a", calls.call));
  expect(calls.made).toBe(1);
  await calls.answer();
  expect(calls.made).toBe(2);
  const later = flights.run("a", calls.call);
  await calls.answer();
  await calls.answer();
  expect([await first, new Set(await Promise.all(others)), await later]).toEqual([1, new Set([2]), 3]);
});

test("calls for other keys wait for nobody, and a key is forgotten with its last call", async () => {
  const calls = new Calls();
  const flights = new SingleFlight<string, number>();
  const one = flights.run("a", calls.call);
  const other = flights.run("b", calls.call);
  expect(calls.made).toBe(2);
  await calls.answer();
  await calls.answer();
  expect([await one, await other]).toEqual([1, 2]);
  const again = flights.run("a", calls.call);
  expect(calls.made).toBe(3);
  await calls.answer();
  expect(await again).toBe(3);
});

test("a call that fails is the trouble of those who share it, and of nobody after them", async () => {
  let made = 0;
  const call = async (): Promise<number> => {
    made += 1;
    if (made === 1) throw new Error("no");
    return made;
  };
  const flights = new SingleFlight<string, number>();
  const first = flights.run("a", call);
  const second = flights.run("a", call);
  await expect(first).rejects.toThrow("no");
  expect(await second).toBe(2);
});
