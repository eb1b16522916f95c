import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What differs between the first and the second version of control groups, reduced to what a cluster needs. */
export interface Cgroups {
  readonly version: 1 | 2;
  /** Makes a group below the root, able to hold pods and processes. */
  create(name: string): void;
  /** The file that takes the process ids of a group's members. */
  membersFile(name: string): string;
  /** Process ids in the groups whose names the predicate takes, and in the groups below them. */
  members(matches: (name: string) => boolean): number[];
  /** Removes the groups whose names the predicate takes, with the groups below. Their processes must have ended. */
  remove(matches: (name: string) => boolean): void;
  list(matches: (name: string) => boolean): string[];
}

export function openCgroups(root = "/sys/fs/cgroup"): Cgroups {
  if (existsSync(join(root, "cgroup.controllers"))) return cgroupsIn([root], root, 2);
  const mounted = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(root, entry.name));
  const hierarchies = mounted.filter((path) => existsSync(join(path, "tasks")));
  // Of a machine that has both versions, the second without controllers: runc makes groups there all the same.
  const hybrid = mounted.filter((path) => existsSync(join(path, "cgroup.controllers")));
  const tracking = hierarchies.find((path) => path.endsWith("/pids"));
  if (tracking === undefined)
    throw new Error(
      `${root} shows no pids controller: mount the control groups, as systemd does, or boot with cgroup v2`,
    );
  return cgroupsIn(hierarchies, tracking, 1, hybrid);
}

function cgroupsIn(
  hierarchies: readonly string[],
  tracking: string,
  version: 1 | 2,
  hybrid: readonly string[] = [],
): Cgroups {
  const list = (matches: (name: string) => boolean) =>
    [...hierarchies, ...hybrid]
      .flatMap((root) =>
        readdirSync(root)
          .filter(matches)
          .map((name) => join(root, name)),
      )
      .filter(isGroup);
  return {
    version,
    create(name) {
      for (const root of hierarchies) {
        const group = join(root, name);
        mkdirSync(group, { recursive: true });
        // In the first version a cpuset starts out empty, and takes no process until it has processors and memory.
        for (const file of ["cpuset.cpus", "cpuset.mems"])
          if (version === 1 && existsSync(join(group, file)))
            writeFileSync(join(group, file), readFileSync(join(root, file), "utf8").trim());
        if (version === 2) enableControllers(root);
      }
    },
    membersFile: (name) => join(tracking, name, "cgroup.procs"),
    members: (matches) =>
      readdirSync(tracking)
        .filter(matches)
        .map((name) => join(tracking, name))
        .filter(isGroup)
        .flatMap(membersBelow),
    remove(matches) {
      for (const group of list(matches)) removeTree(group);
    },
    list,
  };
}

const isGroup = (path: string) => existsSync(join(path, "cgroup.procs"));

function enableControllers(root: string): void {
  const controllers = readFileSync(join(root, "cgroup.controllers"), "utf8").trim().split(" ").filter(Boolean);
  writeFileSync(join(root, "cgroup.subtree_control"), controllers.map((name) => `+${name}`).join(" "));
}

function children(group: string): string[] {
  try {
    return readdirSync(group, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(group, entry.name));
  } catch {
    return [];
  }
}

function membersBelow(group: string): number[] {
  let own: number[] = [];
  try {
    own = readFileSync(join(group, "cgroup.procs"), "utf8").split("\n").filter(Boolean).map(Number);
  } catch {
    // Removed since it was listed: it has no members.
  }
  return [...own, ...children(group).flatMap(membersBelow)];
}

function removeTree(group: string): void {
  for (const child of children(group)) removeTree(child);
  try {
    rmdirSync(group);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    // EBUSY: a process that was killed has not left yet; the caller looks again.
    if (code !== "ENOENT" && code !== "EBUSY") throw new Error(`while removing the cgroup ${group}`, { cause });
  }
}
