import type { ChannelModel, ConfirmChannel } from "amqplib";
import { UnavailableError } from "../kit/errors.ts";
import type { Logger } from "../kit/log.ts";
import { withTimeout } from "../kit/retry.ts";
import { reconnectOnClose } from "../kit/stores/rabbitmq.ts";
import { readTrace, type TraceContext } from "../kit/traces/context.ts";
import { publishConfirmed } from "./confirmed-publish.ts";
import { declareTopology, taskQueue } from "./topology.ts";

export interface Publication {
  readonly taskId: string;
  readonly correlationId: string;
  /** The trace that the task was scheduled in; undefined when there was none. */
  readonly trace: TraceContext | undefined;
}

/** Milliseconds that the broker may take to confirm. */
const confirmTimeout = 4_000;

/** Publishes tasks; a publication counts once the broker has confirmed that a queue holds it. */
export class TaskPublisher {
  readonly #log: Logger;
  readonly #returned = new Set<string>();
  #channel: ConfirmChannel | undefined;
  #blocked = false;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** Not while the broker is short of memory or disk: what is sent then is kept in this process, and late. */
  get ready(): boolean {
    return this.#channel !== undefined && !this.#blocked;
  }

  /** Takes up a new connection. */
  async setUp(connection: ChannelModel): Promise<void> {
    const channel = await withTimeout(connection.createConfirmChannel(), confirmTimeout, "opening a channel");
    reconnectOnClose(channel, connection, this.#log);
    channel.on("close", () => {
      if (this.#channel === channel) this.#channel = undefined;
    });
    // A message without a queue comes back, and is confirmed all the same.
    channel.on("return", ({ properties }) => {
      this.#returned.add(String(properties.messageId));
    });
    connection.on("blocked", () => {
      this.#blocked = true;
    });
    connection.on("unblocked", () => {
      this.#blocked = false;
    });
    await withTimeout(declareTopology(channel), confirmTimeout, "declaring the queues");
    this.#blocked = false;
    this.#channel = channel;
  }

  /** @throws UnavailableError unless every one of the publications was confirmed */
  async publish(publications: readonly Publication[]): Promise<void> {
    const channel = this.#channel;
    if (channel === undefined) throw new UnavailableError("rabbitmq", "there is no channel to RabbitMQ");
    const confirmed = Promise.all(publications.map((publication) => this.#publish(channel, publication)));
    try {
      await withTimeout(confirmed, confirmTimeout, "confirming publications");
    } catch (cause) {
      throw new UnavailableError("rabbitmq", "while publishing tasks", { cause });
    }
  }

  async #publish(channel: ConfirmChannel, publication: Publication): Promise<void> {
    await publishConfirmed(channel, taskQueue, publication, { mandatory: true }, readTrace(publication.trace));
    if (this.#returned.delete(publication.taskId)) throw new Error(`the queue ${taskQueue} does not exist`);
  }
}
