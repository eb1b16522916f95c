import { expect, test } from "vitest";
import { createProgram } from "./program.ts";
import { RecordingConsole } from "./testing.ts";

test("every command is there, described", () => {
  const { commands } = createProgram("profileplatform", new RecordingConsole());
  expect(commands.map((command) => command.name())).toEqual(["run", "render", "diff", "status"]);
  for (const command of commands) expect(command.description()).not.toBe("");
});

test("as a plugin it calls itself as kubectl does", () => {
  expect(createProgram("kubectl profileplatform", new RecordingConsole()).helpInformation()).toContain(
    "Usage: kubectl profileplatform ",
  );
});
