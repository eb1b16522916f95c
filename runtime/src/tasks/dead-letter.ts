import type { ConfirmChannel } from "amqplib";
import { toError } from "../kit/errors.ts";
import type { FailedAttempt } from "./attempts.ts";
import { deadQueue, type TaskMessage } from "./topology.ts";

/** A frame of headers has to fit into what the broker takes at once, 128 KiB; nobody reads on for that long. */
const longestReason = 2_000;

/**
 * Leaves a message about a task whose attempts are used up, with the reason in its headers. The broker's own dead
 * letters know none.
 *
 * @throws when the broker did not confirm that the queue holds it
 */
export async function publishDeadLetter(
  channel: ConfirmChannel,
  { taskId, type, count, correlationId, error }: FailedAttempt,
): Promise<void> {
  const message: TaskMessage = { taskId };
  const headers = {
    "task-type": type,
    "task-attempts": count,
    "error-code": error.code,
    "error-message": error.message.slice(0, longestReason),
  };
  const options = { persistent: true, messageId: taskId, correlationId, contentType: "application/json", headers };
  const confirmation = Promise.withResolvers<void>();
  channel.publish("", deadQueue, Buffer.from(JSON.stringify(message)), options, (err: unknown) => {
    if (err === null || err === undefined) confirmation.resolve();
    else confirmation.reject(toError(err));
  });
  await confirmation.promise;
}
