import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openCgroups } from "./cgroups.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "cgroups-"));
});
afterEach(() => rmSync(root, { recursive: true }));

function group(path: string, members: readonly number[] = []): void {
  mkdirSync(join(root, path), { recursive: true });
  writeFileSync(join(root, path, "cgroup.procs"), members.join("\n"));
}

const ours = (name: string) => name.startsWith("pp-test-");

describe("the first version", () => {
  beforeEach(() => {
    for (const controller of ["pids", "cpuset"]) {
      group(controller);
      writeFileSync(join(root, controller, "tasks"), "");
    }
    writeFileSync(join(root, "cpuset", "cpuset.cpus"), "0-3\n");
  });

  it("makes a group under every controller", () => {
    const cgroups = openCgroups(root);
    expect(cgroups.version).toBe(1);
    cgroups.create("pp-test-node1");
    expect(cgroups.membersFile("pp-test-node1")).toBe(join(root, "pids/pp-test-node1/cgroup.procs"));
  });

  it("finds the members of groups and of those below, and of no other cluster", () => {
    group("pids/pp-test-system", [11]);
    group("pids/pp-test-node1/kubepods/pod1", [12, 13]);
    group("pids/pp-test-node1", []);
    group("pids/pp-other-system", [99]);
    expect(
      openCgroups(root)
        .members(ours)
        .sort((a, b) => a - b),
    ).toEqual([11, 12, 13]);
  });

  it("lists groups of all hierarchies, the one of the second version too", () => {
    group("pids/pp-test-system");
    group("unified/pp-test-node1");
    writeFileSync(join(root, "unified", "cgroup.controllers"), "");
    expect(openCgroups(root).list(ours).sort()).toEqual([
      join(root, "pids/pp-test-system"),
      join(root, "unified/pp-test-node1"),
    ]);
  });
});

it("enables the controllers of the second version", () => {
  writeFileSync(join(root, "cgroup.controllers"), "cpu memory pids\n");
  const cgroups = openCgroups(root);
  cgroups.create("pp-test-node1");
  expect(cgroups.version).toBe(2);
  expect(readFileSync(join(root, "cgroup.subtree_control"), "utf8")).toBe("+cpu +memory +pids");
});

it("says what is missing where there are no groups", () => {
  expect(() => openCgroups(root)).toThrow("mount the control groups");
});
