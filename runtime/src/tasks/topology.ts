import type { Attributes } from "@opentelemetry/api";
import type { Channel } from "amqplib";

/** Exchange and queue of tasks that are due; those that cannot be carried out end up in the dead queue. */
export const taskQueue = "profile.tasks";
export const deadQueue = "profile.tasks.dead";

/** Deliveries after which the broker itself gives up on a message that keeps ending its worker. */
const deliveryLimit = 20;
const deadLettersKept = 10_000;

/** Declares the queues. Arguments are those that RabbitMQ 3.10 and 4 understand alike; they can never be changed. */
export async function declareTopology(channel: Channel): Promise<void> {
  await channel.assertQueue(deadQueue, {
    durable: true,
    arguments: { "x-queue-type": "quorum", "x-max-length": deadLettersKept },
  });
  await channel.assertQueue(taskQueue, {
    durable: true,
    arguments: {
      "x-queue-type": "quorum",
      "x-delivery-limit": deliveryLimit,
      "x-dead-letter-exchange": "",
      "x-dead-letter-routing-key": deadQueue,
    },
  });
}

/** The message's id is the task's; PostgreSQL has the rest. */
export interface TaskMessage {
  readonly taskId: string;
}

/** What spans tell of a message about a task. The exchange is the default one, so that the queue is the destination. */
export function messagingAttributes(
  operation: "send" | "process",
  queue: string,
  taskId: string | undefined,
): Attributes {
  return {
    "messaging.system": "rabbitmq",
    "messaging.operation.type": operation,
    "messaging.operation.name": operation,
    "messaging.destination.name": queue,
    ...(taskId === undefined ? {} : { "messaging.message.id": taskId }),
  };
}
