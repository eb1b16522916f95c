import { expect, test } from "vitest";
import { patroniState } from "./patroni-state.ts";

test.each([
  ["state and role", { state: "running", role: "primary", xlog_location: 1 }, "running primary"],
  [
    "that it waits for a restart",
    { state: "running", role: "replica", pending_restart: true },
    "running replica pending restart",
  ],
  ["state alone", { state: "starting" }, "starting"],
])("%s", (_what, told, state) => {
  expect(patroniState(JSON.stringify(told))).toBe(state);
});

test("what cannot be read is nothing", () => {
  expect([patroniState(""), patroniState("{")]).toEqual(["", ""]);
});
