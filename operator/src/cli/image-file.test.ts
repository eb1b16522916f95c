import { expect, test } from "vitest";
import { DEFAULT_IMAGES } from "../images.ts";
import { parseImages, readImages } from "./image-file.ts";

test("without a file all images are built-in", () => {
  expect(readImages(undefined)).toEqual(DEFAULT_IMAGES);
  expect(readImages("")).toEqual(DEFAULT_IMAGES);
});

test("a file replaces the images that it names; the operator's own is no platform's", () => {
  const text = JSON.stringify({ redis: "registry.example:5000/redis:8", operator: "registry.example/operator:1" });
  expect(parseImages("images.json", text)).toEqual({ ...DEFAULT_IMAGES, redis: "registry.example:5000/redis:8" });
});

test.each([
  ["no JSON", "redis: 8", 'images.json is no JSON: write {"runtime": "registry/name:tag"}'],
  ["an unknown name", '{"postgres": "p:1"}', /postgres/],
  ["a value that is no reference", '{"redis": 8}', "images.json: redis"],
  ["an empty reference", '{"redis": ""}', "images.json: redis must be an image such as registry/name:tag"],
])("refuses %s", (_, text, message) => {
  expect(() => parseImages("images.json", text)).toThrow(message);
});

test("a file that is not there is refused by name", () => {
  expect(() => readImages("/nowhere.json")).toThrow("/nowhere.json cannot be read");
});
