import { setTimeout as sleep } from "node:timers/promises";
import { taskOf, tasksPath } from "../api.ts";
import type { Context } from "../context.ts";

/** Milliseconds without a failed request after which a platform counts as recovered. */
const calm = 2_000;
const pause = 200;

/**
 * Resolves once the platform does everything again: a task that is scheduled now is carried out, for which PostgreSQL,
 * RabbitMQ and a worker are needed; writes succeed; and no request has failed for 2 s.
 *
 * @throws Error when that takes longer than `withinMs`
 */
export async function recovered(context: Context, withinMs: number): Promise<void> {
  const { samples, now } = context;
  const since = now();
  const late = (): boolean => now() - since > withinMs;
  let done = false;
  while (!done && !late()) {
    done = await carriesOut(context, late);
    if (!done) await sleep(pause);
  }
  const isCalm = (): boolean => samples.lastWrite > since && now() - Math.max(samples.lastFailure, since) >= calm;
  while (!isCalm() && !late()) await sleep(pause);
  if (late()) {
    const what = done ? "requests go on failing" : "no new task is carried out";
    throw new Error(`${Math.round(withinMs / 1000)} s after everything ran again ${what}`);
  }
}

async function carriesOut({ connections }: Context, late: () => boolean): Promise<boolean> {
  const json = { type: "echo", payload: {} };
  const accepted = await connections.send({ method: "POST", path: `${tasksPath}/delayed`, json });
  if (accepted.status !== 202) return false;
  const path = `${tasksPath}/${taskOf(accepted).id}`;
  while (!late()) {
    const reply = await connections.send({ method: "GET", path });
    if (reply.status === 200 && taskOf(reply).shown.status === "succeeded") return true;
    await sleep(pause);
  }
  return false;
}
