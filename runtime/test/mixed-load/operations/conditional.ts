import { setTimeout as sleep } from "node:timers/promises";
import { profileOf, profilesPath } from "../api.ts";
import type { Reply, Sending } from "../connections.ts";
import type { Context } from "../context.ts";
import type { Outcome } from "../figures/sample.ts";
import type { ProfileHistory, ProfileWrite } from "../oracle/profile-history.ts";
import type { Subject } from "../population.ts";
import { create } from "./create.ts";
import { fateOf } from "./fate.ts";

export type ConditionalKind = "update" | "upload" | "delete";

/** A write that happens only at the version that its writer knows. */
export interface Conditional {
  readonly operation: ConditionalKind;
  readonly begin: (history: ProfileHistory, sentAt: number) => ProfileWrite;
  readonly sending: (subject: Subject, path: string, write: ProfileWrite) => Sending;
  /** The status of an answer to one that was carried out. */
  readonly expected: number;
}

const settlingPause = 200;
/** Milliseconds after which the next write may try its luck without knowing. */
const settlingTime = 20_000;

/** Writes a profile that nobody else writes meanwhile. */
export async function writeConditionally(
  context: Context,
  dueAt: number,
  { operation, begin, sending, expected }: Conditional,
): Promise<void> {
  const { connections, population, samples, now } = context;
  const subject = await population.acquire();
  if (subject === undefined) {
    // There has to be one before any can be written.
    await create(context, dueAt);
    return;
  }
  try {
    const { history } = subject;
    // Somebody else's read may have shown by now that it is gone.
    if (history.current === "gone") return;
    const write = begin(history, now());
    const path = `${profilesPath}/${history.id}`;
    const { headers, ...rest } = sending(subject, path, write);
    const condition = { ...headers, "if-match": `"${write.base}"` };
    const reply = await connections.send({ ...rest, headers: condition });
    const outcome = note(history, write, reply, expected);
    samples.add({ operation, dueAt, answeredAt: reply.answeredAt, status: reply.status, outcome });
    if (reply.status === 404 || reply.status === 412) await settle(context, history);
  } finally {
    population.release(subject);
  }
}

function note(history: ProfileHistory, write: ProfileWrite, reply: Reply, expected: number): Outcome {
  const fate = fateOf(reply, expected);
  if (fate === "done") {
    history.acknowledged(write, write.leaves === "gone" ? "gone" : profileOf(reply).shown, reply.answeredAt);
    return "succeeded";
  }
  if (fate === "doubtful") history.doubtful();
  else if (fate === "refused") history.refused(write);
  else if (history.conflicted(write, reply.status === 404 ? 404 : 412, reply)) return "settled";
  return "failed";
}

/** Reads a profile until the answer tells what has become of it. */
async function settle({ connections, now }: Context, history: ProfileHistory): Promise<void> {
  const until = now() + settlingTime;
  while (now() < until) {
    const reply = await connections.send({ method: "GET", path: `${profilesPath}/${history.id}` });
    if (reply.status === 200 || reply.status === 404) {
      history.read(reply.status === 200 ? profileOf(reply).shown : "gone", reply);
      return;
    }
    await sleep(settlingPause);
  }
}
