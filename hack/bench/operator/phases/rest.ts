import { setTimeout as delay } from "node:timers/promises";
import { memoryOf } from "../../usage.ts";
import { sumOf } from "../exposition.ts";
import type { Figures } from "../figures.ts";
import { measureAll, type RoundContext, since } from "./context.ts";

const READS = new Set(["GET", "LIST", "WATCH"]);

/** Watches an operator that has nothing to do; figures are those of a minute. */
export async function rest(context: RoundContext): Promise<Figures> {
  const { contender, settings, signal } = context;
  const counters = await contender.counters();
  const writes = await writesToApiServer(context);
  const usage = measureAll(context);
  await delay(settings.restSeconds * 1000, undefined, { signal });
  const { cpu } = usage();
  const written = (await writesToApiServer(context)) - writes;
  const work = since(counters, await contender.counters());
  const perMinute = 60 / settings.restSeconds;
  return {
    restRequests: work.requests * perMinute,
    restWrites: written * perMinute,
    restReconciles: work.reconciles * perMinute,
    restCpu: cpu.operator * 1000 * perMinute,
    memoryRest: memoryOf(contender.pid).resident,
  };
}

/**
 * As the API server counts them: nobody else writes there, since there are no controllers. Leases apart, which say that
 * somebody lives.
 */
async function writesToApiServer({ controlPlane }: RoundContext): Promise<number> {
  const text = await controlPlane.client.request<unknown>({ method: "GET", path: "/metrics" });
  return sumOf(
    text as string,
    "apiserver_request_total",
    ({ verb = "", resource }) => !READS.has(verb) && resource !== "leases",
  );
}
