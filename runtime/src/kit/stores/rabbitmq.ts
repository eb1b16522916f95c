import { type ChannelModel, connect, type RecoveringChannelModel } from "amqplib";
import { reasonOf, UnavailableError } from "../errors.ts";
import type { Logger } from "../log.ts";
import { withTimeout } from "../retry.ts";

export interface RabbitOptions {
  readonly uri: string;
  readonly connectionName: string;
  readonly log: Logger;
  /** Opens channels and declares what they need, on every new connection. */
  setUp(connection: ChannelModel): Promise<void>;
}

/** Milliseconds that the broker may take to answer a farewell. */
const farewell = 2_000;

/** Seconds. A peer that has gone without a word is found out after two of these. */
const heartbeat = 10;

/** A connection to RabbitMQ that is made again, with back-off and jitter, for as long as the service runs. */
export class Rabbit {
  readonly #options: RabbitOptions;
  #recovering: RecoveringChannelModel | undefined;
  #current: ChannelModel | undefined;

  constructor(options: RabbitOptions) {
    this.#options = options;
  }

  get connected(): boolean {
    return this.#current !== undefined;
  }

  async start(): Promise<void> {
    const { uri, connectionName, log } = this.#options;
    const address = new URL(uri);
    address.searchParams.set("heartbeat", String(heartbeat));
    const recovering = await connect(address.href, {
      timeout: 5_000,
      noDelay: true,
      keepAlive: true,
      clientProperties: { connection_name: connectionName },
      recovery: {
        initialDelay: 100,
        maxDelay: 5_000,
        jitter: 0.5,
        waitForConnect: false,
        setup: (connection: ChannelModel) => this.#setUp(connection),
      },
    });
    this.#recovering = recovering;
    let reported: string | undefined;
    recovering.on("connect", (connection) => {
      reported = undefined;
      this.#current = connection;
      log.info("connected to RabbitMQ");
    });
    const onFailure = (err: Error): void => {
      const reason = reasonOf(err);
      if (reason !== reported) log.warn({ reason }, "the RabbitMQ connection failed");
      reported = reason;
    };
    recovering.on("disconnect", (err) => {
      this.#current = undefined;
      onFailure(err);
    });
    recovering.on("connect-failed", onFailure);
    // Always followed by "disconnect"; unheard, it would end the process.
    recovering.on("error", onFailure);
    recovering.on("blocked", (reason) => log.warn({ reason }, "RabbitMQ accepts no messages for now"));
    recovering.on("unblocked", () => log.info("RabbitMQ accepts messages again"));
  }

  /** For health checks. @throws UnavailableError while there is no connection */
  async check(): Promise<void> {
    if (!this.connected) throw new UnavailableError("rabbitmq", "there is no connection to RabbitMQ");
  }

  async stop(): Promise<void> {
    if (this.#recovering === undefined) return;
    await withTimeout(this.#recovering.close(), farewell, "closing the RabbitMQ connection").catch((err: unknown) =>
      this.#options.log.warn({ reason: reasonOf(err) }, "RabbitMQ did not answer the farewell"),
    );
  }

  async #setUp(connection: ChannelModel): Promise<void> {
    // The recovering connection listens only once set-up is over; a connection that breaks before must not end the process.
    connection.on("error", () => undefined);
    try {
      await this.#options.setUp(connection);
    } catch (thrown) {
      await leave(connection);
      throw thrown;
    }
  }
}

/**
 * Closes a connection that could not be set up. The library would do so itself before it tries again, and wait for the
 * broker's answer: for ever when the broker goes away before it answers.
 */
async function leave(connection: ChannelModel): Promise<void> {
  const closed = new Promise<void>((resolve) => void connection.once("close", resolve));
  const answered = connection.close().catch(() => undefined);
  await withTimeout(Promise.race([closed, answered]), farewell, "closing a connection").catch(() => undefined);
}

/**
 * Has a lost channel made again. RabbitMQ closes a channel on its own for a refused operation or a queue that moved;
 * closing the connection as well is what starts recovery.
 */
export function reconnectOnClose(
  channel: {
    on(event: "close", listener: () => void): unknown;
    on(event: "error", listener: (err: Error) => void): unknown;
  },
  connection: ChannelModel,
  log: Logger,
): void {
  channel.on("error", (err) => log.warn({ reason: reasonOf(err) }, "RabbitMQ closed a channel"));
  channel.on("close", () => {
    connection.close().catch(() => undefined);
  });
}
