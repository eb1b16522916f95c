import { describe, expect, test } from "vitest";
import { unreadable } from "./body-errors.ts";

/** An error as body-parser makes one of what JSON.parse throws. */
function parseFailure(body: string): Error {
  try {
    JSON.parse(body);
  } catch (err) {
    return Object.assign(err as Error, { status: 400, type: "entity.parse.failed", body });
  }
  throw new Error("this is JSON");
}

describe("what cannot be read", () => {
  test.each([
    ['{"name": "Ada",}', "The body is not valid JSON: look at line 1, column 16."],
    ['{\n  "name": "A\nda"}', "The body is not valid JSON: look at line 2, column 13."],
    ['{"name": NaN}', "The body is not valid JSON."],
    ['{"name":\n  "Ada"', "The body is not valid JSON: it ends in the middle."],
    ["[", "The body is not valid JSON: it ends in the middle."],
    ["secret", "The body is not a JSON object. Send one, between { and }."],
    ["", "The body is not a JSON object. Send one, between { and }."],
  ])("%j is told with its place, and without its words", (body, detail) => {
    expect(unreadable(parseFailure(body))?.details).toMatchObject({ status: 400, detail });
  });

  test("too much is told with how much it may be", () => {
    const thrown = Object.assign(new Error("request entity too large"), { status: 413, type: "entity.too.large" });
    expect(unreadable(Object.assign(thrown, { limit: 32_768 }))?.details).toMatchObject({
      status: 413,
      detail: "The body is larger than the 32,768 bytes accepted here. Send less.",
    });
  });

  test("what is not the client's doing is left alone", () => {
    expect(unreadable(Object.assign(new Error("no"), { status: 500 }))).toBeUndefined();
    expect(unreadable(new Error("no"))).toBeUndefined();
    expect(unreadable("no")).toBeUndefined();
  });
});
