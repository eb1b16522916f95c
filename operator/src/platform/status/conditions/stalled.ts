import { REASON } from "../../../errors.ts";
import type { Outcome } from "../../apply/outcome.ts";
import { applied } from "./applied.ts";
import type { Finding } from "./finding.ts";

/** Whether somebody has to change something before the spec can be carried out. True only when abnormal. */
export function stalled(outcome: Outcome): Finding {
  const { blocked, refusals, failures, contests } = outcome;
  if (blocked === undefined && [refusals, failures, contests].every(({ length }) => length === 0)) {
    return { status: "False", reason: REASON.notStalled, message: "" };
  }
  return { ...applied(outcome), status: "True" };
}
