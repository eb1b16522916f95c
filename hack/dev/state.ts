import { createHash } from "node:crypto";
import { chownSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { User } from "./launch.ts";

/** Where a run keeps what the next one finds again. */
export interface DevState {
  readonly root: string;
  /** Folder with passwords and the issuer's key. */
  readonly secrets: string;
  /** Folder with a file for each data service: what it wrote since the last start. */
  readonly logs: string;
  readonly ports: string;
  readonly lock: string;
  /** What runs, or was left behind. */
  readonly processes: string;
  readonly data: string;
}

/** Tells a folder that was made here from any other, so that none of those is ever removed. */
const MARKER = "made-by-make-dev";

export function stateIn(root: string): DevState {
  const path = (name: string) => join(root, name);
  return {
    root,
    secrets: path("secrets"),
    logs: path("logs"),
    ports: path("ports.json"),
    lock: path("lock"),
    processes: path("processes.json"),
    data: path("data"),
  };
}

/**
 * The folder to keep it in: the one that is given, or `.dev` in the checkout. Data services do not run as root; where
 * they could not reach a checkout of root's, a folder of its own below /var/lib takes its place.
 */
export function stateFolder(repository: string, given: string | undefined, isRoot: boolean): string {
  if (given !== undefined && given !== "") return resolve(given);
  if (!isRoot || isReachable(repository)) return join(repository, ".dev");
  const id = createHash("sha256").update(resolve(repository)).digest("hex").slice(0, 8);
  return `/var/lib/profile-platform-dev/${id}`;
}

/** Makes the folders that are missing. Throws a sentence where it must not, or where data services could not be. */
export function makeState(state: DevState, isRoot: boolean): void {
  const { root } = state;
  if (existsSync(root) && !wasMadeHere(root) && readdirSync(root).length > 0) {
    throw new Error(`${root} holds something else: give an empty folder, or one that does not exist yet`);
  }
  const mode = isRoot ? 0o711 : 0o700;
  mkdirSync(root, { recursive: true, mode });
  if (isRoot && !isReachable(root)) {
    throw new Error(
      `${root} is where only root may enter, and PostgreSQL does not run as root: choose another folder with DEV_STATE=folder`,
    );
  }
  writeFileSync(join(root, MARKER), "Removed by: make dev-clean\n");
  mkdirSync(state.data, { recursive: true, mode });
  for (const folder of [state.secrets, state.logs]) mkdirSync(folder, { recursive: true, mode: 0o700 });
}

export function wasMadeHere(root: string): boolean {
  return existsSync(join(root, MARKER));
}

/** Folder of a data service, which belongs to whom it runs as. */
export function dataFolder(state: DevState, service: string, user: User | undefined): string {
  const folder = join(state.data, service);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  return folder;
}

/** Whether everybody may pass through a folder and all that it is in. */
function isReachable(folder: string): boolean {
  const path = resolve(folder);
  if ((statSync(path).mode & 0o001) === 0) return false;
  return path === dirname(path) || isReachable(dirname(path));
}
