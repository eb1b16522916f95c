import type { Outcome } from "../outcome.ts";
import { applied } from "./applied.ts";
import type { Finding } from "./finding.ts";
import { healthy } from "./healthy.ts";
import { ready } from "./ready.ts";
import { reconciling } from "./reconciling.ts";
import { stalled } from "./stalled.ts";

/** The conditions of a platform, in the order in which status lists them. */
export const CONDITIONS: readonly { readonly type: string; readonly find: (outcome: Outcome) => Finding }[] = [
  { type: "Ready", find: ready },
  { type: "Applied", find: applied },
  { type: "Healthy", find: healthy },
  { type: "Reconciling", find: reconciling },
  { type: "Stalled", find: stalled },
];
