import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { clusterPaths } from "./paths.ts";
import { MAX_SLOT } from "./plan.ts";

export interface ClusterState {
  readonly name: string;
  readonly slot: number;
  readonly nodes: number;
  /** "up" once everything answered; "starting" is what an interrupted run leaves behind. */
  readonly phase: "starting" | "up";
  readonly bootId: string;
  /** The program that the processes run. */
  readonly kube: string;
}

export function readState(cache: string, name: string): ClusterState | undefined {
  try {
    return JSON.parse(readFileSync(clusterPaths(cache, name).state, "utf8")) as ClusterState;
  } catch {
    return undefined;
  }
}

export function writeState(cache: string, state: ClusterState): void {
  const path = clusterPaths(cache, state.name).state;
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(`${path}.new`, `${JSON.stringify(state, null, 2)}\n`);
  renameSync(`${path}.new`, path);
}

/** The clusters that have a state, running or left behind. */
export function listStates(cache: string): ClusterState[] {
  try {
    return readdirSync(join(cache, "clusters"))
      .map((name) => readState(cache, name))
      .filter((state) => state !== undefined);
  } catch {
    return [];
  }
}

/** "local" always has slot 0, "test" slot 1; any other name keeps what it has or takes the lowest that is free. */
export function chooseSlot(name: string, states: readonly Pick<ClusterState, "name" | "slot">[]): number {
  const fixed = ["local", "test"].indexOf(name);
  if (fixed >= 0) return fixed;
  const own = states.find((state) => state.name === name);
  if (own !== undefined) return own.slot;
  for (let slot = 2; slot <= MAX_SLOT; slot += 1) if (!states.some((state) => state.slot === slot)) return slot;
  throw new Error(
    `${MAX_SLOT + 1} clusters have an address range each and no further one is left: take one down first`,
  );
}
