import type { Socket } from "node:net";
import type { Clock } from "@profile-platform/operator/engine/kit/clock";
import { DelayLine, END, type LineConditions } from "./delay-line.ts";

// More than this on its way in one direction, and the sender's socket is no longer read: its kernel makes it wait.
const MOST_WAITING_BYTES = 1024 * 1024;
// In a black hole neither side learns that the other is gone; the server is spared the connection after this long.
const ABANDONED_MS = 10_000;

export interface TcpLinkOptions {
  readonly id: number;
  readonly clock: Clock;
  /** Accepted from the client, with half-open allowed. */
  readonly client: Socket;
  /** To the server, with half-open allowed. */
  readonly server: Socket;
  readonly onClose: () => void;
}

/** One connection of a client through the gate, both ways. */
export class TcpLink {
  readonly id: number;
  readonly #options: TcpLinkOptions;
  readonly #up: DelayLine;
  readonly #down: DelayLine;
  #held = false;
  #halfGone = false;
  #cancelAbandon: (() => void) | undefined;

  constructor(options: TcpLinkOptions) {
    this.id = options.id;
    this.#options = options;
    const { client, server } = options;
    this.#up = this.#direction(client, server);
    this.#down = this.#direction(server, client);
    for (const [socket, other] of [[client, server] as const, [server, client] as const]) {
      // What went wrong is told by "close", which follows.
      socket.on("error", () => undefined);
      socket.on("close", () => this.#closed(socket, other));
    }
  }

  get isBlackHole(): boolean {
    return this.#held;
  }

  setConditions(conditions: LineConditions): void {
    this.#up.setConditions(conditions);
    this.#down.setConditions(conditions);
  }

  /** Ends it with RST towards the client, and what is on its way is lost. */
  reset(): void {
    this.#forget();
    this.#options.client.resetAndDestroy();
    this.#options.server.destroy();
  }

  /** Nothing arrives on either side any more, not even an end; the client's kernel goes on acknowledging for a while. */
  blackhole(): void {
    this.#held = true;
    this.#up.hold();
    this.#down.hold();
    if (this.#halfGone) this.#abandonLater();
  }

  /** As after a partition that ended: what was held back arrives. */
  pass(): void {
    this.#held = false;
    this.#cancelAbandon?.();
    this.#up.release();
    this.#down.release();
    if (this.#options.client.destroyed) this.#options.server.destroy();
    if (this.#options.server.destroyed) this.#options.client.resetAndDestroy();
  }

  #direction(from: Socket, to: Socket): DelayLine {
    const line = new DelayLine({
      clock: this.#options.clock,
      deliver: (item) => {
        if (from.isPaused() && line.waitingBytes < MOST_WAITING_BYTES) from.resume();
        if (item !== END) return to.write(item);
        to.end();
        return true;
      },
    });
    to.on("drain", () => line.resume());
    from.on("data", (bytes: Buffer) => {
      line.push(bytes);
      if (line.waitingBytes >= MOST_WAITING_BYTES) from.pause();
    });
    from.on("end", () => {
      line.push(END);
      this.#halfGone = true;
      if (this.#held) this.#abandonLater();
    });
    return line;
  }

  #closed(socket: Socket, other: Socket): void {
    if (this.#held && !other.destroyed) {
      this.#abandonLater();
      return;
    }
    // After both ends nothing is on its way any more; after an error it is of no use to anybody.
    this.#forget();
    if (socket === this.#options.server && !other.destroyed) other.resetAndDestroy();
    else other.destroy();
    if (socket.destroyed && other.destroyed) this.#options.onClose();
  }

  #abandonLater(): void {
    const { client, server, clock } = this.#options;
    this.#cancelAbandon ??= clock.schedule(() => {
      this.#forget();
      client.destroy();
      server.destroy();
    }, ABANDONED_MS);
  }

  #forget(): void {
    this.#held = false;
    this.#cancelAbandon?.();
    this.#up.close();
    this.#down.close();
  }
}
