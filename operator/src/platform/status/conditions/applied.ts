import { REASON } from "../../../errors.ts";
import type { Outcome } from "../../apply/outcome.ts";
import { listed, summarize } from "../../live/object-id.ts";
import { fieldsContested } from "./fields-contested.ts";
import type { Finding } from "./finding.ts";
import { heldBack } from "./paused.ts";

/** Whether the cluster holds every object that the spec asks for, whatever the state of what runs in them. */
export function applied(outcome: Outcome): Finding {
  const { blocked, refusals, failures, serverErrors, paused, waits, awaitedTurn, components } = outcome;
  if (blocked !== undefined) {
    return { status: "False", reason: blocked.reason, message: blocked.message };
  }
  if (refusals.length > 0) {
    const message = summarize(refusals.map(({ message }) => message));
    return { status: "False", reason: REASON.objectNotOwned, message };
  }
  if (failures.length > 0) {
    const message = summarize(failures.map(({ object, message }) => `${object}: ${message}`));
    return { status: "False", reason: REASON.objectRefused, message };
  }
  if (serverErrors.length > 0) {
    const message = summarize(serverErrors.map(({ message }) => message));
    return { status: "False", reason: REASON.serverError, message };
  }
  const contested = fieldsContested(outcome);
  if (contested !== undefined) return { ...contested, status: "False" };
  const behind = paused === undefined ? undefined : heldBack(paused);
  if (behind !== undefined) return { status: "False", reason: REASON.paused, message: `Paused: ${behind}` };
  if (waits.length > 0) {
    return { status: "False", reason: REASON.waitingForCluster, message: summarize(waits) };
  }
  if (awaitedTurn !== undefined) {
    const { objects, after } = awaitedTurn;
    const turn = after === undefined ? "its turn comes now" : `waits for its turn, after platform ${after}`;
    const message = `the operator's new version restarts ${listed(objects)}: ${turn}`;
    return { status: "False", reason: REASON.waitingForTurn, message };
  }
  const held = components.filter(({ state }) => state === "Waiting");
  if (held.length > 0) {
    const message = summarize(held.map(({ name, message }) => `${name} ${message}`));
    return { status: "False", reason: REASON.waitingForDependencies, message };
  }
  return { status: "True", reason: REASON.everythingApplied, message: "Every object of the spec is applied" };
}
