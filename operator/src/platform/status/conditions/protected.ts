import { REASON } from "../../../errors.ts";
import type { Outcome } from "../../apply/outcome.ts";
import type { Finding } from "./finding.ts";

/** Of a platform with backups alone. `known`: whether the condition is there by now. Neither decides Ready. */
export function protectedBy(aspect: "backup" | "archiving", outcome: Outcome, known: boolean): Finding | undefined {
  if (outcome.blocked === undefined) return outcome.protection?.[aspect];
  const message = "Nothing is observed while the platform is stalled";
  return known ? { status: "Unknown", reason: REASON.notObserved, message } : undefined;
}
