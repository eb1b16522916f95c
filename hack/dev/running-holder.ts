import { readFileSync } from "node:fs";
import { isRunning, type ProcessIdentity } from "../cluster/embedded/process-identity.ts";
import type { DevState } from "./state.ts";

/** Number of the process that runs the services with this state, if one does. */
export function runningHolder({ lock }: DevState): number | undefined {
  try {
    const identity = JSON.parse(readFileSync(lock, "utf8")) as ProcessIdentity;
    return isRunning(identity) ? identity.pid : undefined;
  } catch {
    return undefined;
  }
}
