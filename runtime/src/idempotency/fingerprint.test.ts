import { expect, test } from "vitest";
import { fingerprint } from "./fingerprint.ts";

const of = (method: string, path: string, body: string) => fingerprint(method, path, Buffer.from(body)).toString("hex");

test("is the same for the same request", () => {
  expect(of("POST", "/a", "{}")).toBe(of("POST", "/a", "{}"));
  expect(fingerprint("POST", "/a", Buffer.alloc(0))).toHaveLength(32);
});

test.each([
  ["PUT", "/a", "{}"],
  ["POST", "/b", "{}"],
  ["POST", "/a", "{ }"],
  ["POST", "/a", ""],
  ["POST", "/", "a\n{}"],
])("is another one for %s %s %s", (method, path, body) => {
  expect(of(method, path, body)).not.toBe(of("POST", "/a", "{}"));
});
