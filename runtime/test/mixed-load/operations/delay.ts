import { taskOf, tasksPath } from "../api.ts";
import type { Reply } from "../connections.ts";
import type { Context, PendingTask } from "../context.ts";
import type { Outcome } from "../figures/sample.ts";
import { pick } from "../population.ts";
import { fateOf } from "./fate.ts";

/** Seconds. */
const longestDelay = 10;

/** Schedules a task: one whose scheduling was not answered, if there is one. */
export async function delay(context: Context, dueAt: number): Promise<void> {
  const pending = context.tasks.shift() ?? newTask(context);
  const { answeredAt, status, outcome } = await sendTask(context, pending);
  context.samples.add({ operation: "delay", dueAt, answeredAt, status, outcome });
}

/** Sends a task, for the first time or again. */
export async function sendTask(
  context: Context,
  pending: PendingTask,
): Promise<Pick<Reply, "status" | "answeredAt"> & { readonly outcome: Outcome }> {
  const { key, text, delaySeconds, history } = pending;
  const payload = { profileId: history.id, changes: { bio: text } };
  const reply = await context.connections.send({
    method: "POST",
    path: `${tasksPath}/delayed`,
    json: { type: "profile.update", payload, delaySeconds },
    headers: { "idempotency-key": key },
  });
  const fate = fateOf(reply, 202);
  if (fate === "done") {
    history.acknowledged(text, taskOf(reply).id, reply.answeredAt);
  } else if (fate === "doubtful") {
    history.doubtful();
    context.tasks.push(pending);
  } else {
    history.refused(text);
  }
  return { ...reply, outcome: fate === "done" ? "succeeded" : "failed" };
}

function newTask({ targets, newText, random }: Context): PendingTask {
  const history = pick(targets, random);
  if (history === undefined) throw new Error("there is no profile for tasks");
  const text = newText();
  history.begin(text);
  return { key: crypto.randomUUID(), text, delaySeconds: Math.round(random() * longestDelay * 10) / 10, history };
}
