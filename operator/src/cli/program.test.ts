import { expect, test } from "vitest";
import { DESCRIPTION } from "../version.ts";
import { createProgram } from "./program.ts";
import { RecordingConsole } from "./testing.ts";

test("every command is there, described", () => {
  const { commands } = createProgram("profileplatform", new RecordingConsole());
  expect(commands.map((command) => command.name())).toEqual(
    "run render diff status token backup switchover failover reinit restart psql".split(" "),
  );
  for (const command of commands) expect(command.description()).not.toBe("");
});

test("--version prints version and build", async () => {
  let printed = "";
  const program = createProgram("profileplatform", new RecordingConsole())
    .exitOverride()
    .configureOutput({ writeOut: (text) => (printed += text) });
  await expect(program.parseAsync(["--version"], { from: "user" })).rejects.toMatchObject({
    code: "commander.version",
  });
  expect(printed).toBe(`${DESCRIPTION}\n`);
});

test("as a plugin it calls itself as kubectl does", () => {
  expect(createProgram("kubectl profileplatform", new RecordingConsole()).helpInformation()).toContain(
    "Usage: kubectl profileplatform ",
  );
});
