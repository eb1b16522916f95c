import { expect, test } from "vitest";
import { imageEnvironment } from "./image-environment.ts";

test("variables may stand alone or together", () => {
  const dockerfile = "FROM node\n# ENV C=3\nENV A=1 B=--flag=2\nENV NODE_ENV=production\nCMD []\n";
  expect(imageEnvironment(dockerfile)).toEqual({ A: "1", B: "--flag=2", NODE_ENV: "production" });
});

test("another way of writing is told, for what it sets would be missing", () => {
  expect(() => imageEnvironment("ENV A 1\n")).toThrow("ENV A 1 is not understood here");
  expect(() => imageEnvironment('ENV A="b c"\n')).toThrow("is not understood here");
});
