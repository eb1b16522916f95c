import { setTimeout as sleep } from "node:timers/promises";
import { SpanKind } from "@opentelemetry/api";
import type { ChannelModel, ConfirmChannel, ConsumeMessage } from "amqplib";
import { reasonOf } from "../kit/errors.ts";
import type { Logger } from "../kit/log.ts";
import { backoffDelay, withTimeout } from "../kit/retry.ts";
import { reconnectOnClose } from "../kit/stores/rabbitmq.ts";
import { readTrace } from "../kit/traces/context.ts";
import { continueTrace } from "../kit/traces/span.ts";
import type { FailedAttempt } from "./attempts.ts";
import { publishDeadLetter } from "./dead-letter.ts";
import type { Outcome, TaskExecutor } from "./executor.ts";
import { declareTopology, messagingAttributes, type TaskMessage, taskQueue } from "./topology.ts";

export interface ConsumerOptions {
  readonly executor: Pick<TaskExecutor, "execute">;
  /** Tasks carried out at once. */
  readonly concurrency: number;
  readonly log: Logger;
}

/** Milliseconds that the broker may take to answer. */
const answerTimeout = 4_000;
const consumerTag = "worker";
const backoff = { initial: 200, maximum: 5_000 };

/** Takes tasks off the queue, as many at once as may be carried out at once. */
export class TaskConsumer {
  readonly #options: ConsumerOptions;
  readonly #inFlight = new Set<Promise<void>>();
  readonly #stopping = new AbortController();
  #channel: ConfirmChannel | undefined;

  constructor(options: ConsumerOptions) {
    this.#options = options;
  }

  /** Takes up a new connection. */
  async setUp(connection: ChannelModel): Promise<void> {
    const { log, concurrency } = this.#options;
    const channel = await withTimeout(connection.createConfirmChannel(), answerTimeout, "opening a channel");
    reconnectOnClose(channel, connection, log);
    channel.on("close", () => {
      if (this.#channel === channel) this.#channel = undefined;
    });
    this.#channel = channel;
    await withTimeout(declareTopology(channel), answerTimeout, "declaring the queues");
    await withTimeout(channel.prefetch(concurrency), answerTimeout, "setting the prefetch count");
    if (this.#stopping.signal.aborted) return;
    const consuming = channel.consume(taskQueue, (message) => this.#receive(channel, message), { consumerTag });
    await withTimeout(consuming, answerTimeout, "starting to consume");
  }

  /** Takes no further tasks, and resolves once those in hand are done and acknowledged. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    const channel = this.#channel;
    if (channel !== undefined) {
      const cancelled = withTimeout(channel.cancel(consumerTag), answerTimeout, "cancelling the consumer");
      await cancelled.catch((err: unknown) => this.#options.log.warn({ reason: reasonOf(err) }, "could not cancel"));
    }
    await Promise.all(this.#inFlight);
  }

  #receive(channel: ConfirmChannel, message: ConsumeMessage | null): void {
    if (message === null) {
      this.#options.log.warn("RabbitMQ cancelled the consumer: its queue was deleted or moved");
      channel.close().catch(() => undefined);
      return;
    }
    const work = this.#handle(channel, message).finally(() => this.#inFlight.delete(work));
    this.#inFlight.add(work);
  }

  async #handle(channel: ConfirmChannel, message: ConsumeMessage): Promise<void> {
    const taskId = taskIdOf(message);
    const description = { kind: SpanKind.CONSUMER, attributes: messagingAttributes("process", taskQueue, taskId) };
    const trace = readTrace(message.properties.headers);
    await continueTrace(`process ${taskQueue}`, description, trace, () => this.#process(channel, message, taskId));
  }

  async #process(channel: ConfirmChannel, message: ConsumeMessage, taskId: string | undefined): Promise<void> {
    const { log } = this.#options;
    if (taskId === undefined) {
      log.error({ messageId: message.properties.messageId }, "a message that names no task was set aside");
      settle(() => channel.nack(message, false, false));
      return;
    }
    const outcome = await this.#executeUntilDone(taskId, message.fields.redelivered);
    // Not acknowledged, the message goes to another worker once this one has closed its connection.
    if (outcome === undefined || outcome.kind === "handed-over") return;
    if (outcome.kind === "dead" && !(await this.#leaveDeadLetter(channel, outcome.attempt))) return;
    settle(() => channel.ack(message));
  }

  /** @returns whether the broker has it; else its connection is lost, and the message will be delivered again */
  async #leaveDeadLetter(channel: ConfirmChannel, attempt: FailedAttempt): Promise<boolean> {
    const { log } = this.#options;
    try {
      await withTimeout(publishDeadLetter(channel, attempt), answerTimeout, "confirming a dead letter");
      return true;
    } catch (err) {
      log.warn({ taskId: attempt.taskId, reason: reasonOf(err) }, "a dead letter could not be left: once more");
      channel.close().catch(() => undefined);
      return false;
    }
  }

  /**
   * While PostgreSQL is away the message is kept: giving it back would only have it delivered again at once, and count
   * towards its delivery limit.
   *
   * @returns undefined when the worker stops before an end could be recorded: the broker gives the message to another
   */
  async #executeUntilDone(taskId: string, redelivered: boolean): Promise<Outcome | undefined> {
    const { executor, log } = this.#options;
    const { signal } = this.#stopping;
    for (let failures = 0; ; ) {
      try {
        return await executor.execute(taskId, redelivered || failures > 0, signal);
      } catch (err) {
        failures += 1;
        const retryInMs = backoffDelay(backoff, failures);
        const reason = reasonOf(err);
        log.warn({ taskId, retryInMs, reason }, "a task waits: it could not be begun, or its end not be recorded");
        if (signal.aborted) return undefined;
        await sleep(retryInMs, undefined, { signal }).catch(() => undefined);
      }
    }
  }
}

/** The channel may be gone: the message is then delivered again, and found to be done. */
function settle(acknowledge: () => void): void {
  try {
    acknowledge();
  } catch {
    // amqplib throws IllegalOperationError on a closed channel; there is nobody left to tell.
  }
}

function taskIdOf(message: ConsumeMessage): string | undefined {
  try {
    const { taskId } = JSON.parse(message.content.toString("utf8")) as Partial<TaskMessage>;
    return typeof taskId === "string" && /^[0-9a-f-]{36}$/.test(taskId) ? taskId : undefined;
  } catch {
    return undefined;
  }
}
