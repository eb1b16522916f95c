import type { Response } from "express";
import { Problem } from "../kit/http/problem.ts";
import { type Decision, type Policy, remaining, wait } from "./policy.ts";

/** Whose budget one is, as clients are told. */
export type Owner = "this token's subject" | "this address";

const policyField = "RateLimit-Policy";
const stateField = "RateLimit";

/** For an answer that caches keep, and give to others than whose budget it is. */
export function keepBudgetQuiet(response: Response): void {
  response.removeHeader(policyField);
  response.removeHeader(stateField);
}

/**
 * Tells the client of its budget, as draft-ietf-httpapi-ratelimit-headers-10 has it.
 *
 * @throws Problem "rate-limited" when it is used up
 */
export function tellBudget(response: Response, policy: Policy, { allowed, untilFull }: Decision, owner: Owner): void {
  const left = allowed ? remaining(policy, untilFull) : 0;
  response.setHeader(policyField, `"${policy.name}";q=${policy.quota};w=${policy.window / 1_000}`);
  response.setHeader(stateField, `"${policy.name}";r=${left};t=${Math.ceil(untilFull / 1_000)}`);
  if (allowed) return;
  const seconds = Math.max(1, Math.ceil(wait(policy, untilFull) / 1_000));
  const budget = `${policy.quota} requests in ${policy.window / 1_000} s`;
  const detail = `The budget "${policy.name}" of ${owner}, ${budget}, is used up; try again in ${seconds} s.`;
  throw new Problem("rate-limited", detail, { headers: { "Retry-After": String(seconds) } });
}
