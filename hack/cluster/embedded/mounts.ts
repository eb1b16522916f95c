import { readFileSync } from "node:fs";
import { succeeds } from "./command.ts";

/** Mount points below a folder, the innermost first, from the text of /proc/self/mountinfo. */
export function mountsBelow(folder: string, mountinfo: string): string[] {
  return mountinfo
    .split("\n")
    .map((line) => line.split(" ")[4])
    .filter((path) => path !== undefined)
    .map(unescapePath)
    .filter((path) => path.startsWith(`${folder}/`))
    .reverse();
}

/** The kernel writes space, tab, newline and backslash as octal numbers. */
function unescapePath(path: string): string {
  return path.replaceAll(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}

export const currentMounts = (folder: string): string[] =>
  mountsBelow(folder, readFileSync("/proc/self/mountinfo", "utf8"));

/** Unmounts what lies below the folder; returns what stays. */
export async function unmountBelow(folder: string): Promise<string[]> {
  for (const path of currentMounts(folder))
    if (!(await succeeds("umount", [path]))) await succeeds("umount", ["--lazy", path]);
  return currentMounts(folder);
}
