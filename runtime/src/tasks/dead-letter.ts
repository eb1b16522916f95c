import { context } from "@opentelemetry/api";
import type { ConfirmChannel } from "amqplib";
import type { FailedAttempt } from "./attempts.ts";
import { publishConfirmed } from "./confirmed-publish.ts";
import { deadQueue } from "./topology.ts";

/** A frame of headers has to fit into what the broker takes at once, 128 KiB; nobody reads on for that long. */
const longestReason = 2_000;

/**
 * Leaves a message about a task whose attempts are used up, with the reason in its headers. The broker's own dead
 * letters know none.
 *
 * @throws when the broker did not confirm that the queue holds it
 */
export async function publishDeadLetter(channel: ConfirmChannel, attempt: FailedAttempt): Promise<void> {
  const { type, count, error } = attempt;
  const headers = {
    "task-type": type,
    "task-attempts": count,
    "error-code": error.code,
    "error-message": error.message.slice(0, longestReason),
  };
  await publishConfirmed(channel, deadQueue, attempt, { headers }, context.active());
}
