import { PATTERNS } from "../mix.ts";
import type { Capacity, CapacityPart } from "../results.ts";
import type { PartContext } from "./context.ts";

/** Sends as much as is answered: the next request on each connection after the answer to the one before. */
export async function measureCapacity(context: PartContext, part: CapacityPart): Promise<Capacity | undefined> {
  const only = part === "mix" ? undefined : part;
  const sent = await context.send(part, { pattern: PATTERNS[part] }, only);
  if (sent === undefined) return undefined;
  const { requests, seconds, serverCpu, cores, operations } = sent;
  return { perSecond: requests / seconds, perCpuSecond: requests / serverCpu, cores, operations };
}
