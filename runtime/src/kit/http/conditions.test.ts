import { describe, expect, test } from "vitest";
import { allowsRange, judge } from "./conditions.ts";

const etag = '"abc-large"';

describe("judge", () => {
  test.each([
    [{}, "proceed"],
    [{ "if-none-match": etag }, "not-modified"],
    [{ "if-none-match": `W/${etag}` }, "not-modified"],
    [{ "if-none-match": `"x", ${etag}` }, "not-modified"],
    [{ "if-none-match": " * " }, "not-modified"],
    [{ "if-none-match": '"x"' }, "proceed"],
    [{ "if-none-match": "abc-large" }, "proceed"],
    [{ "if-match": etag }, "proceed"],
    [{ "if-match": "*" }, "proceed"],
    [{ "if-match": `W/${etag}` }, "failed"],
    [{ "if-match": '"x"' }, "failed"],
    [{ "if-match": '"x"', "if-none-match": etag }, "failed"],
    [{ "if-match": etag, "if-none-match": etag }, "not-modified"],
    [{ "if-modified-since": "Sun, 06 Nov 1994 08:49:37 GMT" }, "proceed"],
    [{ "if-unmodified-since": "Sun, 06 Nov 1994 08:49:37 GMT" }, "proceed"],
  ] as const)("%j: %s", (headers, verdict) => {
    expect(judge(headers, etag)).toBe(verdict);
  });
});

test("a range is answered with when nothing or the same bytes are required", () => {
  expect(allowsRange(undefined, etag)).toBe(true);
  expect(allowsRange(etag, etag)).toBe(true);
  expect(allowsRange(`W/${etag}`, etag)).toBe(false);
  expect(allowsRange('"x"', etag)).toBe(false);
  expect(allowsRange("Sun, 06 Nov 1994 08:49:37 GMT", etag)).toBe(false);
});
