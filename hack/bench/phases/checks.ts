import type { Counters } from "../contender.ts";

/** More errors than this, and a round does not count. */
const MAX_ERROR_SHARE = 0.001;
/** A generator that is busier than this may be what is measured. */
const MAX_GENERATOR_LOAD = 0.8;

/** Why work that was counted does not count; empty when it does. */
export function problemsOf(work: Counters, generatorLoad: number, part: string): readonly string[] {
  const { reconciles, reconcileErrors, requests, failedRequests } = work;
  return [
    ...(isMuch(reconcileErrors, reconciles) ? [`${part}: ${reconcileErrors} of ${reconciles} reconciles failed`] : []),
    ...(isMuch(failedRequests, requests) ? [`${part}: ${failedRequests} of ${requests} requests failed`] : []),
    ...(generatorLoad > MAX_GENERATOR_LOAD
      ? [`${part}: the load generator was busy ${Math.round(generatorLoad * 100)} % of the time`]
      : []),
  ];
}

function isMuch(errors: number, all: number): boolean {
  return errors > all * MAX_ERROR_SHARE;
}
