import sharp from "sharp";
import { expect, test } from "vitest";
import { randomPng } from "./png.ts";

test("a picture can be decoded, and the next one is another", async () => {
  const [one, other] = [randomPng(Math.random), randomPng(Math.random)];
  const { data, info } = await sharp(one).raw().toBuffer({ resolveWithObject: true });
  expect([info.width, info.height, info.channels]).toEqual([16, 16, 3]);
  expect(data.equals(await sharp(other).raw().toBuffer())).toBe(false);
});
