import { REASON } from "../../../errors.ts";
import type { Outcome } from "../../apply/outcome.ts";
import { summarize } from "../../live/object-id.ts";
import { describeState } from "../component-state.ts";
import type { Finding } from "./finding.ts";

/**
 * Whether everything that runs is ready, whatever has yet to be applied: a component that waits to be changed while its
 * former version serves is not healthy, since what is wanted of it does not run.
 */
export function healthy({ blocked, components }: Outcome): Finding {
  if (blocked !== undefined) {
    return {
      status: "Unknown",
      reason: REASON.notObserved,
      message: "Nothing is observed while the platform is stalled",
    };
  }
  const failed = components.filter(({ state }) => state === "Failed");
  if (failed.length > 0) {
    return { status: "False", reason: REASON.componentFailed, message: summarize(failed.map(describeState)) };
  }
  const unready = components.filter(({ state }) => state !== "Ready");
  if (unready.length > 0) {
    return { status: "False", reason: REASON.componentsNotReady, message: summarize(unready.map(describeState)) };
  }
  return { status: "True", reason: REASON.allComponentsReady, message: "All components are ready" };
}
