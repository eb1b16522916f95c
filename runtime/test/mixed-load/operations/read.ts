import { profileOf, profilesPath } from "../api.ts";
import type { Context } from "../context.ts";
import type { ProfileHistory } from "../oracle/profile-history.ts";
import type { TaskHistory } from "../oracle/task-history.ts";
import { pick } from "../population.ts";

/** Of a hundred reads, those of profiles that are not in use any more. */
const othersShare = 0.02;

/** Reads a profile, mostly one that is in use. */
export async function read(context: Context, dueAt: number): Promise<void> {
  const { connections, samples } = context;
  const history = choose(context);
  const reply = await connections.send({ method: "GET", path: `${profilesPath}/${history.id}` });
  const { status, answeredAt } = reply;
  const sample = { operation: "read", dueAt, answeredAt, status } as const;
  if (status === 200) {
    const { shown, source } = profileOf(reply);
    history.read(shown, reply);
    samples.add({ ...sample, outcome: "succeeded", cached: source === "cache" });
    return;
  }
  if (status === 404) history.read("gone", reply);
  samples.add({ ...sample, outcome: status === 404 ? "succeeded" : "failed" });
}

function choose({ population, targets, random }: Context): ProfileHistory | TaskHistory {
  const other = random() < othersShare ? population.pickOther() : undefined;
  if (other !== undefined) return other.history;
  const target = random() * (population.inUse + targets.length) < targets.length ? pick(targets, random) : undefined;
  const history = target ?? population.pickUsed()?.history ?? pick(targets, random);
  if (history === undefined) throw new Error("there is no profile to read");
  return history;
}
