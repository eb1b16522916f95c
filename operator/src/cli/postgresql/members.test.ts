import { expect, test } from "vitest";
import { parseMembers, primaryOf } from "./members.ts";
import { primary, replica } from "./testing.ts";

const row = (Member: string, Role: string, State: string, more: object = {}) => ({
  Cluster: "postgresql",
  Member,
  Host: "10.244.1.4",
  Role,
  State,
  TL: 1,
  ...more,
});

test("members are read from the table of patronictl, by name", () => {
  const table = [
    row("postgresql-2", "Replica", "creating replica", { TL: "", "Lag in MB": "unknown" }),
    row("postgresql-0", "Leader", "running", { "Pending restart": "*" }),
    row("postgresql-1", "Quorum Standby", "streaming", { TL: 1, "Lag in MB": 3 }),
  ];
  expect(parseMembers(JSON.stringify(table))).toEqual([
    primary("postgresql-0", { isRestartPending: true }),
    replica("postgresql-1", { lag: 3 }),
    replica("postgresql-2", { isSynchronous: false, state: "creating replica", timeline: undefined, lag: undefined }),
  ]);
});

test("who has the lock and does not run is no primary", () => {
  expect(primaryOf([primary("a", { state: "stopped" }), replica("b")])).toBeUndefined();
  expect(primaryOf([replica("b"), primary("a")])?.name).toBe("a");
});

test.each(["", "Error: no cluster", '{"a": 1}'])("what is no table is told: %j", (text) => {
  expect(() => parseMembers(text)).toThrow("patronictl listed no members");
});
