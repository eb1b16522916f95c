import { describe, expect, test } from "vitest";
import { filterNames } from "./list-query.ts";
import { listStatement } from "./list-statement.ts";
import { sorts } from "./sort.ts";

const flat = (text: string) => text.replaceAll(/\s+/g, " ").trim();

describe("listStatement", () => {
  test("goes on after a position by the index of the order", () => {
    const after = { key: "1700000000000000", position: "7" };
    const { text, values, name } = listStatement("id", { sort: "-createdAt", filters: {}, after, limit: 3 });
    expect(flat(text)).toBe(
      "SELECT id, position, (extract(epoch FROM created_at) * 1000000)::bigint::text AS sort_key FROM profiles " +
        "WHERE (created_at, position) < ('epoch'::timestamptz + $1::bigint * interval '1 microsecond', $2::bigint) " +
        "ORDER BY created_at DESC, position DESC LIMIT $3",
    );
    expect(values).toEqual(["1700000000000000", "7", 3]);
    expect(name).toBe("profile-list--createdAt-next");
  });

  test("begins without a condition", () => {
    const { text, values } = listStatement("id", { sort: "name", filters: {}, limit: 3 });
    expect(flat(text)).toBe(
      'SELECT id, position, lower(name) AS sort_key FROM profiles ORDER BY lower(name) COLLATE "C" ASC, position ASC LIMIT $1',
    );
    expect(values).toEqual([3]);
  });

  test("asks for every filter, with nothing of them in the text", () => {
    const given = (name: string) => `${name}'; DROP`;
    const filters = Object.fromEntries(filterNames.map((name) => [name, given(name)]));
    const after = { key: given("key"), position: given("position") };
    const { text, values, name } = listStatement("id", { sort: "updatedAt", filters, after, limit: 77 });
    expect(values).toEqual([
      "name'; DROP",
      "email'; DROP",
      "createdAfter'; DROP",
      "createdBefore'; DROP",
      "updatedAfter'; DROP",
      "updatedBefore'; DROP",
      "'search':* & 'DROP':*",
      "key'; DROP",
      "position'; DROP",
      77,
    ]);
    expect(text).not.toMatch(/DROP|77|OFFSET/);
    // A plan for one name or word need not be good for another.
    expect(name).toBeUndefined();
  });

  test("has a name for each of the texts without filters", () => {
    const after = { key: "1", position: "1" };
    const statements = sorts.flatMap((sort) => [
      listStatement("id", { sort, filters: {}, limit: 1 }),
      listStatement("id", { sort, filters: {}, limit: 1, after }),
    ]);
    expect(new Set(statements.map(({ text }) => text)).size).toBe(12);
    expect(new Set(statements.map(({ name }) => name)).size).toBe(12);
  });
});
