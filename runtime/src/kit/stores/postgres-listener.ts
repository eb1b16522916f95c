import { Client, type ClientConfig, escapeIdentifier } from "pg";
import { reasonOf, toError } from "../errors.ts";
import type { Logger } from "../log.ts";
import { backoffDelay } from "../retry.ts";

export interface ListenerOptions {
  readonly settings: ClientConfig;
  readonly channel: string;
  readonly log: Logger;
  onNotification(payload: string): void;
  /** Notifications sent while there was no connection are lost: the caller looks for itself now. */
  onConnected(): void;
}

/** Keeps one connection that listens on a channel, and makes a new one whenever it breaks. */
export class PostgresListener {
  readonly #options: ListenerOptions;
  #client: Client | undefined;
  #timer: NodeJS.Timeout | undefined;
  #failures = 0;
  #stopped = false;

  constructor(options: ListenerOptions) {
    this.#options = options;
  }

  start(): void {
    void this.#connect();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#client?.end();
  }

  async #connect(): Promise<void> {
    const { settings, channel, log } = this.#options;
    const client = new Client(settings);
    let ended = false;
    const onEnd = (failure?: Error): void => {
      if (ended || this.#stopped) return;
      ended = true;
      this.#failures += 1;
      const retryInMs = backoffDelay({ initial: 100, maximum: 5_000 }, this.#failures);
      log.warn(
        { channel, retryInMs, reason: failure === undefined ? "the connection ended" : reasonOf(failure) },
        "not listening for notifications: polling goes on",
      );
      client.end().catch(() => undefined);
      this.#timer = setTimeout(() => void this.#connect(), retryInMs);
    };
    client.on("error", onEnd);
    client.on("end", () => onEnd());
    client.on("notification", ({ payload = "" }) => this.#options.onNotification(payload));
    this.#client = client;
    try {
      await client.connect();
      await client.query(`LISTEN ${escapeIdentifier(channel)}`);
      this.#failures = 0;
      this.#options.onConnected();
    } catch (err) {
      onEnd(toError(err));
    }
  }
}
