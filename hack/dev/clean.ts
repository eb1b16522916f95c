import { existsSync, rmSync } from "node:fs";
import { endLeftovers } from "./leftovers.ts";
import { runningHolder } from "./running-holder.ts";
import { type DevState, wasMadeHere } from "./state.ts";

/** Removes all that runs have kept. @returns a sentence of what it did. Throws one when it must not */
export async function clean(state: DevState): Promise<string> {
  const { root } = state;
  if (!existsSync(root)) return `There is nothing to remove: ${root} does not exist.`;
  const holder = runningHolder(state);
  if (holder !== undefined) {
    throw new Error(`make dev runs, as process ${holder}: end it first, with Ctrl-C in its terminal or kill ${holder}`);
  }
  if (!wasMadeHere(root)) throw new Error(`${root} was not made by make dev: remove it by hand, if that is meant`);
  await endLeftovers(state.processes);
  rmSync(root, { recursive: true });
  return `Removed ${root}: databases, passwords and the key of the tokens.`;
}
