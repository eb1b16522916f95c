import { generatorProblems, tooMany } from "../../limits.ts";
import type { Counters } from "../contender.ts";

/** Why work that was counted does not count; empty when it does. */
export function problemsOf(work: Counters, generatorLoad: number, part: string): readonly string[] {
  const { reconciles, reconcileErrors, requests, failedRequests } = work;
  const failed = tooMany(reconcileErrors, reconciles);
  return [
    ...(failed ? [`${part}: ${reconcileErrors} of ${reconciles} reconciles failed`] : []),
    ...(tooMany(failedRequests, requests) ? [`${part}: ${failedRequests} of ${requests} requests failed`] : []),
    ...generatorProblems(generatorLoad, part),
  ];
}
