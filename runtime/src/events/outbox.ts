import type { WebSocket } from "ws";

/** Bytes that wait to be taken, of all connections of a process together. */
export class Backlog {
  #bytes = 0;
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get isFull(): boolean {
    return this.#bytes > this.#limit;
  }

  change(by: number): void {
    this.#bytes += by;
  }
}

/**
 * Bytes that may wait for one connection; what may when all of them together have too much; and above which it has to
 * wait itself where it can. Most of them are the same bytes for everybody, and in memory once. The system's own
 * buffers, of up to a few megabytes, come on top.
 */
export const bounds = { usual: 524_288, scarce: 131_072, congested: 32_768 };

export interface OutboxOptions {
  readonly socket: Pick<WebSocket, "send" | "bufferedAmount" | "readyState" | "OPEN">;
  readonly backlog: Backlog;
  /** Called when the client does not take what it is sent; nothing is sent after that. */
  onOverflow(): void;
}

/** Sends messages to one client, and keeps only so much for one that does not take them. */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #drained = new Set<() => void>();
  #counted = 0;
  #closed = false;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  get congested(): boolean {
    return !this.#closed && this.#options.socket.bufferedAmount > bounds.congested;
  }

  send(message: string | Buffer): void {
    const { socket, backlog } = this.#options;
    if (this.#closed || socket.readyState !== socket.OPEN) return;
    socket.send(message, { binary: false, compress: false }, () => this.#sent());
    this.#count();
    const limit = backlog.isFull ? bounds.scarce : bounds.usual;
    if (socket.bufferedAmount <= limit) return;
    this.#closed = true;
    this.#options.onOverflow();
  }

  /** Resolves when the client has taken enough to be sent more, or is gone. */
  async drained(): Promise<void> {
    if (!this.congested) return;
    await new Promise<void>((resolve) => this.#drained.add(resolve));
  }

  /** The connection has ended. */
  close(): void {
    this.#closed = true;
    this.#options.backlog.change(-this.#counted);
    this.#counted = 0;
    this.#release();
  }

  #sent(): void {
    if (!this.#closed) this.#count();
    if (!this.congested) this.#release();
  }

  #count(): void {
    const { socket, backlog } = this.#options;
    const now = socket.bufferedAmount;
    backlog.change(now - this.#counted);
    this.#counted = now;
  }

  #release(): void {
    for (const resolve of this.#drained) resolve();
    this.#drained.clear();
  }
}
