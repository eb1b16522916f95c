import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { identify, isRunning, parseStat } from "./process-identity.ts";

/** Fields from the third on, as in proc(5): state, 18 others, start time, and some more. */
const stat = (command: string, state: string, start: string) =>
  `42 (${command}) ${state} ${Array.from({ length: 18 }, (_, index) => index).join(" ")} ${start} 1 2 3`;

describe("parseStat", () => {
  it.each(["kubelet", "a b", "x) R 1 2", "(((", ""])("reads past the command %j", (command) => {
    expect(parseStat(stat(command, "S", "12345"))).toEqual({ state: "S", startTicks: "12345" });
  });

  it("knows no start in a line that is cut off", () => {
    expect(parseStat("42 (x) S 1 2")).toBeUndefined();
  });
});

describe("isRunning", () => {
  it("knows this process", () => {
    const self = identify(process.pid);
    expect(self && isRunning(self)).toBe(true);
  });

  it("tells a process from an earlier one with its number", () => {
    const self = identify(process.pid);
    if (self === undefined) throw new Error("this process runs");
    expect(isRunning({ ...self, startTicks: String(Number(self.startTicks) - 1) })).toBe(false);
    expect(isRunning({ ...self, bootId: "an earlier boot" })).toBe(false);
  });

  it("sees a process end", async () => {
    const child = spawn("sleep", ["60"]);
    await once(child, "spawn");
    const identity = identify(child.pid ?? 0);
    if (identity === undefined) throw new Error("the child runs");
    expect(isRunning(identity)).toBe(true);
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(isRunning(identity)).toBe(false);
  });
});
