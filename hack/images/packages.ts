import { existsSync } from "node:fs";
import { cp, readFile } from "node:fs/promises";
import { join } from "node:path";

/** Where a package is to run. */
export interface Target {
  readonly os: string;
  readonly cpu: string;
  readonly libc: string;
}

/** A package in package-lock.json. The lists are absent where anything goes; an entry with `!` excludes. */
export interface LockedPackage {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
}

/** By folder: `node_modules/sharp`. */
export type Lock = Readonly<Record<string, LockedPackage>>;

const root = "node_modules/";

/**
 * Folders of packages and of all that they need on a target, in order. Only what npm puts at the top is found: a copy
 * of it works without the rest of the tree.
 */
export function packagesFor(names: readonly string[], lock: Lock, target: Target): string[] {
  const found = new Set<string>();
  const visit = (name: string, isOptional: boolean, from: string): void => {
    const folder = root + name;
    const locked = lock[folder];
    if (locked === undefined || Object.hasOwn(lock, `${from}/${folder}`)) {
      throw new Error(`package-lock.json has no ${name} at the top, where ${from} would find it in an image`);
    }
    if (found.has(folder)) return;
    if (!runsOn(locked, target)) {
      if (isOptional) return;
      throw new Error(`${name} does not run on ${target.os}-${target.cpu} (${target.libc})`);
    }
    found.add(folder);
    for (const dependency of Object.keys(locked.dependencies ?? {})) visit(dependency, false, folder);
    for (const dependency of Object.keys(locked.optionalDependencies ?? {})) visit(dependency, true, folder);
  };
  for (const name of names) visit(name, false, "the image");
  return [...found].sort();
}

function runsOn({ os, cpu, libc }: LockedPackage, target: Target): boolean {
  return admits(os, target.os) && admits(cpu, target.cpu) && admits(libc, target.libc);
}

function admits(list: readonly string[] | undefined, value: string): boolean {
  if (list === undefined || list.includes("any")) return true;
  if (list.includes(`!${value}`)) return false;
  return list.includes(value) || list.every((entry) => entry.startsWith("!"));
}

/** Where images run: Debian, on the processor of whoever builds them. */
export const imageTarget: Target = { os: "linux", cpu: process.arch, libc: "glibc" };

/** Copies installed packages, and what they need in an image, into a folder that is to be its `node_modules`. */
export async function copyPackages(names: readonly string[], repository: string, folder: string): Promise<void> {
  const text = await readFile(join(repository, "package-lock.json"), "utf8");
  const { packages } = JSON.parse(text) as { readonly packages: Lock };
  for (const path of packagesFor(names, packages, imageTarget)) {
    const from = join(repository, path);
    if (!existsSync(from)) {
      const { os, cpu, libc } = imageTarget;
      throw new Error(
        `${path} is not installed, and images need it: run "npm install --no-save --force --os=${os} --cpu=${cpu} --libc=${libc}"`,
      );
    }
    await cp(from, join(folder, path.slice(root.length)), { recursive: true });
  }
}
