import { REASON } from "../../../errors.ts";
import { ANNOTATION_PAUSED } from "../../../labels.ts";
import type { Outcome, Paused } from "../../apply/outcome.ts";
import { listed } from "../../live/object-id.ts";
import type { Finding } from "./finding.ts";

/** Who intervenes wants to see them all, as a rule. */
const LONGEST_LIST = 20;

/** There only while the roll-out of the spec is paused: since when, and what is held back. */
export function paused({ paused }: Outcome): Finding | undefined {
  if (paused === undefined) return undefined;
  const { doubt } = paused;
  const end = `remove the annotation ${ANNOTATION_PAUSED} to roll it out`;
  const state = heldBack(paused, LONGEST_LIST) ?? "nothing is known to differ from the spec";
  const message = `The roll-out of the spec is paused; ${state}. Health, status and Secrets are looked after; ${end}.`;
  return doubt === undefined
    ? { status: "True", reason: REASON.paused, message }
    : { status: "True", reason: REASON.pauseUnclear, message: `${doubt} ${message}` };
}

/** `2 objects differ from the spec: StatefulSet data-layer/redis, Service …`; undefined when nothing is held back. */
export function heldBack({ held, untouched, specChanged }: Paused, most?: number): string | undefined {
  if (untouched) return "nothing was rolled out yet";
  if (held.length === 0) return specChanged ? "the spec was changed since it was rolled out last" : undefined;
  const verb = held.length === 1 ? "object differs" : "objects differ";
  return `${held.length} ${verb} from the spec: ${listed(held, most)}`;
}
