import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { type WebSocket, WebSocketServer } from "ws";
import type { Identity } from "../auth/identity.ts";
import { upgradeProtocol } from "../auth/upgrade-token.ts";
import { Problem } from "../kit/http/problem.ts";
import type { Logger } from "../kit/log.ts";
import type { Ending } from "./closes.ts";
import { EventConnection, goodbye, type TokenState } from "./connection.ts";
import type { EventMetrics } from "./metrics.ts";
import { Backlog } from "./outbox.ts";
import type { Sources } from "./subscription.ts";

/** Bytes that a message of a client may have. */
export const longestMessage = 16_384;

/** Bytes that may wait for all clients together. */
const backlogLimit = 33_554_432;

/** Milliseconds. */
const times = {
  tick: 1_000,
  /** Between two clients told that the server stops, at most; and for all of them together. */
  between: 10,
  spread: 5_000,
};

export interface ConnectionsOptions {
  readonly sources: Sources;
  readonly metrics: Pick<EventMetrics, "connections" | "closed">;
  readonly log: Logger;
  /** Connections that this process may have. */
  readonly limit: number;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
  /** Milliseconds since 1970. */
  readonly time: () => number;
  /** In [0, 1). */
  readonly random: () => number;
}

/** What a client has shown and asked for when it connected. */
export interface Arrival {
  readonly request: IncomingMessage;
  readonly identity: Identity;
  readonly log: Logger;
  readonly checkToken: () => Promise<TokenState>;
}

/** All clients of a process. */
export class EventConnections {
  readonly #options: ConnectionsOptions;
  readonly #open = new Set<EventConnection>();
  readonly #backlog = new Backlog(backlogLimit);
  readonly #server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: longestMessage,
    handleProtocols: () => upgradeProtocol,
  });
  #timer: NodeJS.Timeout | undefined;
  #isClosing = false;

  constructor(options: ConnectionsOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer = setInterval(() => {
      for (const connection of this.#open) connection.tick();
    }, times.tick);
  }

  /** @throws Problem "unavailable" when there is no place for another one */
  requirePlace(): void {
    const { limit, random } = this.#options;
    const wait = (seconds: number) => ({ headers: { "Retry-After": String(seconds) } });
    if (this.#isClosing) throw new Problem("unavailable", "The server stops: connect again, to another one.", wait(1));
    if (this.#open.size < limit) return;
    const detail = `This server has ${limit} connections, which is as many as it may: try again, to reach another one.`;
    throw new Problem("unavailable", detail, wait(1 + Math.floor(random() * 10)));
  }

  /** Answers the handshake. @param onOpen gets the connection once it is open */
  open(arrival: Arrival, socket: Duplex, head: Buffer, onOpen: (connection: EventConnection) => void): void {
    this.#server.handleUpgrade(arrival.request, socket, head, (ws) => onOpen(this.#add(arrival, ws)));
  }

  /**
   * Tells every client that the server stops, one after the other and in no order, so that they do not all come to the
   * other servers at once. Resolves when all are gone.
   */
  async close(): Promise<void> {
    this.#isClosing = true;
    const { random } = this.#options;
    const leaving = [...this.#open].map((connection) => ({ connection, place: random() }));
    leaving.sort((one, other) => one.place - other.place);
    const pause = Math.min(times.between, times.spread / Math.max(1, leaving.length));
    let owed = 0;
    for (const { connection } of leaving) {
      connection.close("restart");
      owed += pause;
      // Timers are too coarse for each of thousands to have one.
      if (owed < times.between) continue;
      await sleep(owed);
      owed = 0;
    }
    const { now } = this.#options;
    for (const deadline = now() + goodbye; this.#open.size > 0 && now() < deadline; ) await sleep(20);
    clearInterval(this.#timer);
    for (const connection of this.#open) connection.terminate("restart");
  }

  #add({ identity, log, checkToken }: Arrival, socket: WebSocket): EventConnection {
    const { sources, metrics, now, time } = this.#options;
    const openedAt = now();
    const onEnd = (ending: Ending): void => {
      this.#open.delete(connection);
      metrics.connections.set(this.#open.size);
      metrics.closed.inc({ reason: ending });
      const seconds = Math.round((now() - openedAt) / 100) / 10;
      log.info({ subject: identity.subject, ending, seconds }, "a connection for events ended");
    };
    const connection: EventConnection = new EventConnection({
      socket,
      identity,
      sources,
      backlog: this.#backlog,
      log,
      checkToken,
      now,
      time,
      onEnd,
    });
    this.#open.add(connection);
    metrics.connections.set(this.#open.size);
    return connection;
  }
}
