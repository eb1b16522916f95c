import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { postmasterOf, processesOf, signalContainer } from "./container-processes.ts";

test("a container without an id is refused, before every process of the machine is taken for its own", () => {
  expect(() => processesOf("")).toThrow("no container");
  expect(() => signalContainer("", "SIGSTOP")).toThrow("no container");
});

test("a container that runs nowhere here is told", () => {
  const nowhere = "0".repeat(64);
  expect(processesOf(nowhere)).toEqual([]);
  expect(() => signalContainer(nowhere, "SIGSTOP")).toThrow("no process on this machine");
  expect(() => postmasterOf(nowhere)).toThrow("runs no PostgreSQL");
});

test("processes are those whose control group has the id in its name", () => {
  const own = readFileSync("/proc/self/cgroup", "utf8");
  expect(processesOf(own.trim().split("\n")[0] ?? "")).toContain(process.pid);
});
