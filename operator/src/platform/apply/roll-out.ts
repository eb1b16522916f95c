import type { ProfilePlatform } from "@profile-platform/crds";
import type { PlatformModel } from "../../components/model.ts";
import type { KubernetesObject } from "../../kubernetes.ts";
import { objectId } from "../live/object-id.ts";
import { isSigningKey } from "../plan/order.ts";
import type { Step } from "../plan/plan.ts";
import { mayRestart, type TurnTaking, takeTurn } from "../restarts/take-turn.ts";
import { differing, isFamiliar, isUntouched, isUpkeep, type PauseRequest } from "../status/pause.ts";
import { rolledOutGeneration } from "../status/status.ts";
import { applyObject, type Work } from "./apply-object.ts";
import { carryOut, isRolledOut, lookAt } from "./carry-out.ts";
import type { Outcome, Paused } from "./outcome.ts";
import { findUnwanted, prune } from "./prune.ts";

/** Applies everything of a plan that may be applied now, and removes what is not in it. */
export async function rollOut(
  steps: readonly Step[],
  model: PlatformModel,
  platform: ProfilePlatform,
  work: Work,
  taking: TurnTaking,
): Promise<Outcome> {
  const { identity, live, ledger, memory } = work;
  const objects = steps.flatMap((step) => step.objects);
  ledger.arrange(objects);
  const states = await carryOut(steps, model, work, mayRestart(platform, taking));
  memory.applier.keepOnly(objects);
  // Where nothing can be applied, not all is known of what there is to be.
  const unwanted = findUnwanted(steps, identity, states, live).filter((one) => ledger.closedFor(one) === undefined);
  await prune(unwanted, identity, ledger, work);
  return {
    ...ledger.outcome(states),
    ...takeTurn(platform, ledger.awaitingTurn, states, taking),
    contests: memory.contests.at(work.now()),
    rolledOut: isRolledOut(steps, work),
  };
}

/** While the roll-out is paused: looks after the Secrets, looks at the rest, and says what differs from the spec. */
export async function holdBack(
  steps: readonly Step[],
  model: PlatformModel,
  platform: ProfilePlatform,
  work: Work & { readonly pause: PauseRequest },
  taking: TurnTaking,
): Promise<Outcome> {
  const { identity, live, ledger, pause } = work;
  ledger.heldBack = true;
  const objects = steps.flatMap((step) => step.objects);
  for (const object of objects) {
    if (isUpkeep(object) && ledger.closedFor(object) === undefined) await applyObject(object, work);
  }
  const states = lookAt(steps, model, work);
  const unwanted = findUnwanted(steps, identity, states, live);
  // That keys are over is time's doing. That they are none of the spec's is a change of the spec, and held back.
  const isOver = (one: KubernetesObject) => isSigningKey(one) && ledger.closedFor(one) === undefined;
  const over = model.auth.issuer === "embedded" ? unwanted.filter(isOver) : [];
  await prune(over, identity, ledger, work);
  const held = [
    ...differing(objects, work),
    ...unwanted.filter((object) => !over.includes(object)).map((object) => objectId(object)),
  ];
  const isBehind = rolledOutGeneration(platform.status) !== platform.metadata.generation;
  const paused: Paused = {
    doubt: pause.doubt,
    held,
    untouched: isUntouched(identity.name, live),
    specChanged: isBehind && !isFamiliar(objects, work),
  };
  return { ...ledger.outcome(states), ...takeTurn(platform, [], states, taking), paused };
}
