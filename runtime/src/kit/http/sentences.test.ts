import { describe, expect, test } from "vitest";
import { z } from "zod";
import { clientMessage } from "../../events/messages.ts";
import { listQuery } from "../../profiles/list-query.ts";
import { profileInput, profileParameters } from "../../profiles/profile.ts";
import { taskListQuery } from "../../tasks/query.ts";
import { scheduleInput, taskInput } from "../../tasks/task.ts";
import { Problem } from "./problem.ts";
import { validate } from "./validate.ts";

function sentences(schema: z.ZodType, value: unknown): readonly string[] {
  try {
    validate(schema, value, "#");
  } catch (err) {
    if (err instanceof Problem) return err.details.errors?.map(({ pointer, detail }) => `${pointer} ${detail}`) ?? [];
    throw err;
  }
  return [];
}

const profileId = "9895ba87-5b97-4970-adce-5a9504cfe788";

describe("what is wrong is said in a sentence that goes with the field's name", () => {
  test.each([
    [profileInput, {}, "#/name is missing: it must be a string"],
    [profileInput, { name: 1, email: "a@example.org" }, "#/name must be a string, and is a number"],
    [profileInput, { name: "A", email: ["a@example.org"] }, "#/email must be a string, and is an array"],
    [profileInput, { name: "A", email: "a@example.org", bio: null }, "#/bio must be a string, and is null"],
    [profileInput, { name: " ", email: "a@example.org" }, "#/name must not be empty"],
    [profileInput, { name: "A", email: `${"a".repeat(250)}@example.org` }, "#/email must have at most 254 characters"],
    [profileInput, [], "# must be an object, and is an array"],
    [profileParameters, { id: "7" }, "#/id must be a UUID, such as 9895ba87-5b97-4970-adce-5a9504cfe788"],
    [taskInput, {}, "#/type must be one of echo, profile.update, profile.delete, profiles.change-domain"],
    [
      taskInput,
      { type: "launch" },
      "#/type must be one of echo, profile.update, profile.delete, profiles.change-domain",
    ],
    [taskInput, { type: "echo" }, "#/payload is missing: it must be an object"],
    [taskInput, { type: "echo", payload: [] }, "#/payload must be an object, and is an array"],
    [
      taskInput,
      { type: "profile.delete", payload: { profileId: true } },
      "#/payload/profileId must be a string, and is a boolean",
    ],
    [
      taskInput,
      { type: "profile.update", payload: { profileId, changes: 1 } },
      "#/payload/changes must be an object, and is a number",
    ],
    [scheduleInput, { delaySeconds: "5" }, "#/delaySeconds must be a number, and is a string"],
    [scheduleInput, { delaySeconds: -1 }, "#/delaySeconds must be at least 0"],
    [scheduleInput, { delaySeconds: 1e9 }, "#/delaySeconds must be at most 31,536,000"],
  ] as const)("%#: %j", (schema, value, sentence) => {
    expect(sentences(schema, value)).toContain(sentence);
  });

  test("of lists, whole numbers and choices as well", () => {
    const schema = z.strictObject({
      few: z.array(z.string()).max(2),
      some: z.array(z.string()).min(1),
      whole: z.int(),
      kind: z.enum(["a", "b"]),
      only: z.literal("c"),
    });
    const wrong = { few: ["1", "2", "3"], some: [], whole: 1.5, kind: "c", only: "d" };
    expect(sentences(schema, wrong)).toEqual([
      "#/few must have at most 2 entries",
      "#/some must have at least 1 entry",
      "#/whole must be a whole number",
      "#/kind must be one of a, b",
      "#/only must be c",
    ]);
  });
});

test.each([
  ["profile", profileInput],
  ["task", taskInput],
  ["schedule", scheduleInput],
  ["listing", listQuery],
  ["listing of tasks", taskListQuery],
  ["message", clientMessage],
] as const)("of a %s no error is left to the library's own words", (_name, schema) => {
  const values = [undefined, null, 1, 1.5, true, "", "x".repeat(5_000), "\ud800", "\0", [], {}, [{}], { a: 1 }];
  const names = [
    "name",
    "email",
    "bio",
    "type",
    "payload",
    "delaySeconds",
    "runAt",
    "limit",
    "cursor",
    "status",
    "sort",
    "search",
    "filters",
    "createdAfter",
    "dueAfter",
  ];
  const inputs = [...values, ...names.flatMap((name) => values.map((value) => ({ [name]: value })))];
  const typed = names.flatMap((name) => values.map((value) => ({ type: "echo", payload: {}, [name]: value })));
  const update = values.map((value) => ({ type: "profile.update", payload: { profileId: value, changes: value } }));
  const messages = values.map((value) => ({
    type: "subscribe",
    filters: [{ kind: value, ids: value }],
    cursor: value,
  }));
  const said = [...inputs, ...typed, ...update, ...messages].flatMap((value) => sentences(schema, value));
  expect(said.length).toBeGreaterThan(20);
  expect(said.filter((sentence) => / (?:Invalid|Too|Unrecognized) |expected .* received/.test(sentence))).toEqual([]);
});
