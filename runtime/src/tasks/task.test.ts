import { describe, expect, test } from "vitest";
import { taskListQuery } from "./query.ts";
import { payloads } from "./task.ts";

describe("a change of domain", () => {
  const schema = payloads["profiles.change-domain"];

  test("takes domains in any case, and keeps them in lower case", () => {
    expect(schema.parse({ from: "Old.Example", to: "new.example" })).toEqual({
      from: "old.example",
      to: "new.example",
    });
  });

  test.each([
    { from: "old.example", to: "OLD.example" },
    { from: "localhost", to: "new.example" },
    { from: "a@old.example", to: "new.example" },
    { from: "-old.example", to: "new.example" },
    { from: "old.example" },
  ])("not %j", (payload) => {
    expect(schema.safeParse(payload).success).toBe(false);
  });
});

describe("a listing", () => {
  test("has a limit of its own accord", () => {
    expect(taskListQuery.parse({ status: "failed" })).toEqual({ status: "failed", limit: 20 });
  });

  test.each([
    [{ status: "dead" }, "status"],
    [{ type: "launch" }, "type"],
    [{ limit: "101" }, "limit"],
    [{ cursor: "YWZ0ZXI6NQ" }, "cursor"],
    [{ dueBefore: "soon" }, "dueBefore"],
    [{ dueAfter: "2030-01-02T00:00:00Z", dueBefore: "2030-01-01T00:00:00Z" }, "dueBefore"],
    [{ dueAfter: ["2030-01-02T00:00:00Z", "2030-01-02T00:00:00Z"] }, "dueAfter"],
  ])("not by %j", (query, name) => {
    const issues = taskListQuery.safeParse(query).error?.issues ?? [];
    expect(issues.map(({ path }) => path[0])).toEqual([name]);
  });
});
