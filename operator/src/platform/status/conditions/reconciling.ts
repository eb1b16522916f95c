import { REASON } from "../../../errors.ts";
import type { Outcome } from "../../apply/outcome.ts";
import { applied } from "./applied.ts";
import type { Finding } from "./finding.ts";
import { healthy } from "./healthy.ts";
import { stalled } from "./stalled.ts";

/** Whether the cluster is on its way to what is wanted and gets there by itself. True only when abnormal. */
export function reconciling(outcome: Outcome): Finding {
  // Nothing gets there by itself while it is paused.
  if (applied(outcome).reason === REASON.paused) return { status: "False", reason: REASON.paused, message: "" };
  const open = [applied(outcome), healthy(outcome)].find(({ status }) => status !== "True");
  if (open === undefined || stalled(outcome).status === "True") {
    return { status: "False", reason: REASON.settled, message: "" };
  }
  return { status: "True", reason: REASON.inProgress, message: open.message };
}
