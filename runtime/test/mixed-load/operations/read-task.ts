import { taskOf, tasksPath } from "../api.ts";
import type { Reply } from "../connections.ts";
import type { Context } from "../context.ts";
import type { Outcome } from "../figures/sample.ts";
import type { AcknowledgedTask, TaskHistory } from "../oracle/task-history.ts";
import { pick } from "../population.ts";
import { read } from "./read.ts";

/** Reads a task that has not ended as far as anybody knows; a profile when there is none. */
export async function readTask(context: Context, dueAt: number): Promise<void> {
  const { targets, random, samples } = context;
  const history = pick(targets, random);
  const task = pick(history?.unended ?? [], random);
  if (history === undefined || task === undefined) {
    await read(context, dueAt);
    return;
  }
  const { answeredAt, status, outcome } = await sendTaskRead(context, history, task);
  samples.add({ operation: "readTask", dueAt, answeredAt, status, outcome });
}

/** Reads one task, at any of the addresses. */
export async function sendTaskRead(
  { connections }: Pick<Context, "connections">,
  history: TaskHistory,
  { id, text }: AcknowledgedTask,
): Promise<Pick<Reply, "status" | "answeredAt"> & { readonly outcome: Outcome }> {
  const reply = await connections.send({ method: "GET", path: `${tasksPath}/${id}` });
  const answered = reply.status === 200 || reply.status === 404;
  if (answered) history.readTask(text, reply.status === 200 ? taskOf(reply).shown : undefined, reply);
  return { ...reply, outcome: answered ? "succeeded" : "failed" };
}
