import type { ProfilePlatform } from "@profile-platform/crds";
import type { Outcome } from "../apply/outcome.ts";
import type { ComponentState } from "../status/component-state.ts";
import { recordedTurn, rolledOutGeneration } from "../status/status.ts";
import type { Turns } from "./turns.ts";

/** Times in milliseconds since the epoch. */
export interface TurnTaking {
  readonly turns: Turns;
  readonly now: number;
}

/**
 * Whether pods of the platform may be restarted in this reconcile: for a change of its spec always; otherwise once its
 * turn stands in its status, so that an operator that starts in the middle knows of it.
 */
export function mayRestart({ metadata, status }: ProfilePlatform, { turns, now }: TurnTaking): boolean {
  if (rolledOutGeneration(status) !== metadata.generation) return true;
  const turn = recordedTurn(status);
  return turn !== undefined && turn.until > now && turns.holds(metadata.name);
}

/** Asks for the turn for what awaits it, keeps it until the platform is Ready, and lets go of it then. */
export function takeTurn(
  { metadata: { name, generation }, status }: ProfilePlatform,
  awaiting: readonly string[],
  states: readonly ComponentState[],
  { turns, now }: TurnTaking,
): Pick<Outcome, "turn" | "awaitedTurn" | "turnExpired"> {
  const recorded = recordedTurn(status);
  const isOver = recorded !== undefined && recorded.until <= now;
  if (isOver) turns.leave(name);
  if (awaiting.length > 0) {
    const ready = status?.conditions?.find(({ type }) => type === "Ready");
    const answer = turns.ask(name, ready?.status === "True" && ready.observedGeneration === generation);
    const [turn, after] = "turn" in answer ? [answer.turn, undefined] : [undefined, answer.after];
    return { turn, awaitedTurn: { objects: awaiting, after }, turnExpired: isOver };
  }
  const isSettled = states.every(({ state }) => state === "Ready");
  if (!isSettled && !isOver && turns.holds(name)) return { turn: recorded, awaitedTurn: undefined, turnExpired: false };
  turns.leave(name);
  return { turn: undefined, awaitedTurn: undefined, turnExpired: isOver && !isSettled };
}
