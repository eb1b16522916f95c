import { describe, expect, test } from "vitest";
import { Problem } from "../kit/http/problem.ts";
import { validate } from "../kit/http/validate.ts";
import { filtersOf, listQuery } from "./list-query.ts";

function errors(query: unknown): readonly string[] {
  try {
    validate(listQuery, query, "");
  } catch (err) {
    if (err instanceof Problem) return err.details.errors?.map(({ pointer, detail }) => `${pointer} ${detail}`) ?? [];
    throw err;
  }
  return [];
}

test("nothing given is the first 20 in the order of creation", () => {
  expect(validate(listQuery, {}, "")).toEqual({ sort: "createdAt", limit: 20 });
});

test("what is given is brought into the form in which it is stored", () => {
  const query = validate(
    listQuery,
    {
      name: " Ame\u0301lie ",
      email: " Ada@Example.org ",
      createdAfter: "2026-01-01T01:00:00+01:00",
      updatedBefore: "2026-01-01T00:00:00.5Z",
      search: " ada  love ",
      sort: "-name",
      limit: "100",
    },
    "",
  );
  expect(query).toMatchObject({ sort: "-name", limit: 100 });
  expect(filtersOf(query)).toEqual({
    name: "Am\u00e9lie",
    email: "Ada@Example.org",
    createdAfter: "2026-01-01T00:00:00.000Z",
    updatedBefore: "2026-01-01T00:00:00.500Z",
    search: "ada  love",
  });
});

const noTime =
  "must be a time with its zone, such as 2026-01-31T12:00:00Z or 2026-01-31T14:00:00%2B02:00 (in a query, + is a blank)";

describe("a bad parameter is refused by name", () => {
  test.each([
    [{ limit: "0" }, "limit must be a whole number from 1 to 100"],
    [{ limit: "101" }, "limit must be a whole number from 1 to 100"],
    [{ limit: "" }, "limit must be a whole number from 1 to 100"],
    [{ limit: "1e1" }, "limit must be a whole number from 1 to 100"],
    [{ limit: "-1" }, "limit must be a whole number from 1 to 100"],
    [{ sort: "email" }, "sort must be one of createdAt, -createdAt, updatedAt, -updatedAt, name, -name"],
    [{ sort: "" }, "sort must be one of createdAt, -createdAt, updatedAt, -updatedAt, name, -name"],
    [{ email: "ada" }, "email must be an e-mail address, such as ada@example.org"],
    [{ name: "a\0" }, "name must not hold control characters or line breaks"],
    [{ createdAfter: "yesterday" }, `createdAfter ${noTime}`],
    [{ createdBefore: "2026-01-01" }, `createdBefore ${noTime}`],
    [{ updatedAfter: "2026-01-01T00:00:00 02:00" }, `updatedAfter ${noTime}`],
    [{ updatedBefore: "0000-01-01T00:00:00Z" }, "updatedBefore must be in the years 0001 to 9999"],
    [{ search: "" }, "search must hold a word to search for"],
    [{ search: "@ - !" }, "search must hold a word to search for"],
    [{ search: "a\0" }, "search must not hold NUL characters"],
    [{ search: "\ud800a" }, "search must be valid Unicode: it holds half of a surrogate pair"],
    [{ search: ["a", "b"] }, "search must be given once"],
    [{ limit: ["1", "2"] }, "limit must be given once"],
    [{ offset: "5" }, "offset is not a known field"],
  ])("%j", (query, error) => {
    expect(errors(query)).toEqual([error]);
  });

  test("each of several", () => {
    const found = errors({ limit: "x", sort: "x", order: "x", createdAfter: "x" });
    expect(found.map((error) => error.split(" ")[0])).toEqual(["createdAfter", "sort", "limit", "order"]);
  });
});
