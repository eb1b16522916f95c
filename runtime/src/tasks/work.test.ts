import { describe, expect, test } from "vitest";
import { allOn, type Databases } from "../shards/databases.ts";
import { PermanentTaskError, workOf } from "./work.ts";

/** A database without rows. */
const empty = allOn({ query: async () => [] });
const databases: Pick<Databases, "readAll"> = { readAll: async () => [] };
const profileId = "1f0c2f5e-6a2c-4a51-9f2b-0d3f9a4f6a10";

describe("workOf", () => {
  test("echo gives its payload back and touches no profile", async () => {
    const step = await workOf("echo", { a: 1 }).next(databases, null);
    expect(step.profileIds).toEqual([]);
    expect(await step.apply(empty)).toEqual({ result: { kind: "finished", result: { a: 1 } }, effects: new Map() });
  });

  test.each([
    ["profile.update", { profileId, changes: { name: "New" } }],
    ["profile.delete", { profileId }],
  ])("%s names its profile, and fails for good when there is none", async (type, payload) => {
    const step = await workOf(type, payload).next(databases, null);
    expect(step.profileIds).toEqual([profileId]);
    await expect(step.apply(empty)).rejects.toMatchObject({ name: "PermanentTaskError", code: "profile-not-found" });
  });

  test("a payload that does not fit can never succeed", () => {
    expect(() => workOf("profile.delete", {})).toThrow(PermanentTaskError);
  });

  test.each(["launch", "constructor", "toString"])("%s may be known to a later version", (type) => {
    expect(() => workOf(type, {})).toThrow(`this version of the worker does not know tasks of type ${type}`);
  });
});
