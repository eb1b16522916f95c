import { describe, expect, test } from "vitest";
import { z } from "zod";
import { profileInput } from "../../profiles/profile.ts";
import { taskInput } from "../../tasks/task.ts";
import { Problem } from "./problem.ts";
import { validate } from "./validate.ts";

function pointers(schema: z.ZodType, value: unknown, where: "#" | "" = "#"): readonly string[] {
  try {
    validate(schema, value, where);
  } catch (err) {
    if (err instanceof Problem) return err.details.errors?.map(({ pointer }) => pointer) ?? [];
    throw err;
  }
  return [];
}

describe("validate", () => {
  test("gives back what fits", () => {
    expect(validate(profileInput, { name: " Ada ", email: "ada@example.org" }, "#")).toEqual({
      name: "Ada",
      email: "ada@example.org",
    });
  });

  test("points to each wrong field as JSON pointers do", () => {
    const schema = z.strictObject({ list: z.array(z.strictObject({ n: z.number() })) });
    expect(pointers(schema, { list: [{ n: 1 }, { n: "1", "a/b~c": 1 }] })).toEqual(["#/list/1/n", "#/list/1/a~1b~0c"]);
  });

  test("names parameters by name", () => {
    expect(pointers(z.strictObject({ limit: z.string() }), { size: "1" }, "")).toEqual(["limit", "size"]);
  });

  test("says in its detail which fields to correct", () => {
    expect(() => validate(profileInput, { name: "" }, "#")).toThrow(
      "Correct these fields and send the request again: #/name, #/email",
    );
  });
});

describe("a task", () => {
  test.each([
    [{ type: "echo", payload: {} }],
    [{ type: "echo", payload: { deep: [1, { a: null }] }, delaySeconds: 0.25 }],
    [
      {
        type: "profile.delete",
        payload: { profileId: "1f0c2f5e-6a2c-4a51-9f2b-0d3f9a4f6a10" },
        runAt: "2030-01-01T00:00:00+02:00",
      },
    ],
  ])("%j", (input) => {
    expect(pointers(taskInput, input)).toEqual([]);
  });

  test.each([
    [{ type: "echo", payload: [] }, "#/payload"],
    [{ type: "echo", payload: {}, runAt: "tomorrow" }, "#/runAt"],
    [{ type: "echo", payload: {}, delaySeconds: "5" }, "#/delaySeconds"],
    [{ payload: {} }, "#/type"],
  ])("not %j", (input, pointer) => {
    expect(pointers(taskInput, input)).toContain(pointer);
  });
});
