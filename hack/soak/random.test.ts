import { expect, test } from "vitest";
import { SeededRandom } from "./random.ts";

test("the same seed gives the same numbers, another one others", () => {
  const draw = (seed: number) => {
    const random = new SeededRandom(seed);
    return Array.from({ length: 20 }, () => random.next());
  };
  expect(draw(7)).toEqual(draw(7));
  expect(draw(7)).not.toEqual(draw(8));
});

test("numbers cover their range evenly enough", () => {
  const random = new SeededRandom(1);
  const counts = [0, 0, 0, 0];
  for (let i = 0; i < 4000; i++) counts[random.between(2, 5) - 2]! += 1;
  for (const count of counts) expect(count).toBeGreaterThan(800);
  expect(random.pick(["only"])).toBe("only");
  expect(() => random.pick([])).toThrow("there is nothing to pick from");
});

test("a fork has a sequence of its own", () => {
  const forked = (draws: number) => {
    const random = new SeededRandom(3);
    const fork = random.fork();
    for (let i = 0; i < draws; i++) random.next();
    return [fork.next(), fork.next()];
  };
  expect(forked(0)).toEqual(forked(50));
});
