import type { ConfirmChannel, Options } from "amqplib";
import { toError } from "../kit/errors.ts";
import type { TaskMessage } from "./topology.ts";

/**
 * Sends a message about a task to a queue; it outlives a restart of the broker.
 *
 * @throws when the broker did not confirm that it has it
 */
export async function publishConfirmed(
  channel: ConfirmChannel,
  queue: string,
  { taskId, correlationId }: { readonly taskId: string; readonly correlationId: string },
  options: Options.Publish,
): Promise<void> {
  const message: TaskMessage = { taskId };
  const properties = { persistent: true, messageId: taskId, correlationId, contentType: "application/json" };
  const confirmation = Promise.withResolvers<void>();
  channel.publish("", queue, Buffer.from(JSON.stringify(message)), { ...properties, ...options }, (err: unknown) => {
    if (err === null || err === undefined) confirmation.resolve();
    else confirmation.reject(toError(err));
  });
  await confirmation.promise;
}
