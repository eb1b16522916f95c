import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { MIRROR_VARIABLE, parseCodename, readRepositories, sourcesFor } from "./apt-sources.ts";
import { DEBIAN_RELEASE } from "./catalogue.ts";

/** No manual pages, translations or documents, here and in all that is installed later; licences stay. */
const EXCLUDES = ["man", "info", "locale", "doc"].map((folder) => `path-exclude=/usr/share/${folder}/*`);

/**
 * What mmdebstrap would leave behind: the address of a mirror, which may hold a password; names of this machine; right
 * to become root.
 */
const HOOKS = [
  'rm -f "$1"/etc/apt/sources.list.d/* "$1"/etc/hostname "$1"/etc/resolv.conf "$1"/var/cache/debconf/*-old',
  ': > "$1"/etc/apt/sources.list',
  'find "$1" -xdev -type f -perm /6000 -exec chmod ug-s {} +',
];

/** Arguments of mmdebstrap that decide what is in the root file system. */
export const ROOTFS_RECIPE: readonly string[] = [
  "--mode=root",
  "--format=tar",
  "--variant=minbase",
  '--aptopt=Acquire::Languages "none"',
  ...[...EXCLUDES, "path-include=/usr/share/doc/*/copyright"].map((option) => `--dpkgopt=${option}`),
  ...HOOKS.map((hook) => `--customize-hook=${hook}`),
  DEBIAN_RELEASE,
];

/** Writes a sources.list for the release and returns its path. Only its owner can read it: mirrors may have passwords. */
export async function writeSources(folder: string, environment = process.env): Promise<string> {
  const codename = parseCodename(readFileSync("/etc/os-release", "utf8"));
  const text = sourcesFor(DEBIAN_RELEASE, readRepositories(), codename, environment[MIRROR_VARIABLE] || undefined);
  await mkdir(folder, { recursive: true });
  const path = join(folder, "sources.list");
  await writeFile(path, text, { mode: 0o600 });
  return path;
}

/** Arguments of mmdebstrap that write the root file system as a tar archive. */
export function mmdebstrapArguments(archive: string, sources: string): string[] {
  return [...ROOTFS_RECIPE, archive, sources];
}
