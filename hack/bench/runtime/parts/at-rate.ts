import { MIX } from "../mix.ts";
import type { AtRate, RatePart } from "../results.ts";
import type { PartContext } from "./context.ts";

/** Sends the mix at a rate, whether answers come or not: what waits counts for all that it held up. */
export async function measureAtRate(context: PartContext, part: RatePart, rate: number): Promise<AtRate | undefined> {
  const sent = await context.send(`mix at ${rate}/s (${part})`, { pattern: MIX, rate });
  return sent === undefined ? undefined : { rate, operations: sent.operations, cores: sent.cores };
}
