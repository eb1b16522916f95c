import { type Context, context, SpanKind } from "@opentelemetry/api";
import type { ConfirmChannel, Options } from "amqplib";
import { toError } from "../kit/errors.ts";
import { writeTrace } from "../kit/traces/context.ts";
import { continueTrace } from "../kit/traces/span.ts";
import { messagingAttributes, type TaskMessage } from "./topology.ts";

/**
 * Sends a message about a task to a queue; it outlives a restart of the broker. Its headers tell the trace.
 *
 * @param trace has the trace that the message belongs to
 * @throws when the broker did not confirm that it has it
 */
export async function publishConfirmed(
  channel: ConfirmChannel,
  queue: string,
  { taskId, correlationId }: { readonly taskId: string; readonly correlationId: string },
  options: Options.Publish,
  trace: Context,
): Promise<void> {
  const message: TaskMessage = { taskId };
  const properties = { persistent: true, messageId: taskId, correlationId, contentType: "application/json" };
  const description = { kind: SpanKind.PRODUCER, attributes: messagingAttributes("send", queue, taskId) };
  await continueTrace(`send ${queue}`, description, trace, async () => {
    const confirmation = Promise.withResolvers<void>();
    const headers = { ...options.headers, ...writeTrace(context.active()) };
    const sent = { ...properties, ...options, headers };
    channel.publish("", queue, Buffer.from(JSON.stringify(message)), sent, (err: unknown) => {
      if (err === null || err === undefined) confirmation.resolve();
      else confirmation.reject(toError(err));
    });
    await confirmation.promise;
  });
}
