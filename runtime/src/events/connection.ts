import type { RawData, WebSocket } from "ws";
import type { Identity } from "../auth/identity.ts";
import { errorCode, StoppedError } from "../kit/errors.ts";
import { Problem } from "../kit/http/problem.ts";
import { refuseRepeatedNames } from "../kit/http/repeated-names.ts";
import { validate } from "../kit/http/validate.ts";
import type { Logger } from "../kit/log.ts";
import { type CloseName, closes, type Ending } from "./closes.ts";
import { decodeCursor } from "./cursor.ts";
import { allKinds, type Filters } from "./filter.ts";
import { clientMessage, problemText, unsubscribedText } from "./messages.ts";
import { type Backlog, Outbox } from "./outbox.ts";
import type { Position } from "./position.ts";
import { type Sources, Subscription } from "./subscription.ts";

/** Milliseconds. */
export const times = {
  /** From the opening to the first subscription. */
  subscribe: 10_000,
  /** Between two pings, and of silence before the client is told where it is. */
  ping: 25_000,
  /** From a ping to the end of a client that did not answer. */
  pong: 20_000,
  /** Between two looks whether the token is still accepted. */
  check: 30_000,
  /** In which a client may send so many messages. */
  messages: 10_000,
};
const mostMessages = 20;

/** Milliseconds that a client has to answer that the connection ends. */
export const goodbye = 5_000;

/** What became of a token: still accepted, or why the connection ends. */
export type TokenState = "accepted" | Extract<CloseName, "token-expired" | "token-refused">;

export interface ConnectionOptions {
  readonly socket: WebSocket;
  readonly identity: Pick<Identity, "expiresAt">;
  readonly sources: Sources;
  readonly backlog: Backlog;
  readonly log: Logger;
  /** Looks at the token again: its key may have been revoked. */
  readonly checkToken: () => Promise<TokenState>;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
  /** Milliseconds since 1970. */
  readonly time: () => number;
  onEnd(ending: Ending): void;
}

/** One client. It is told what its subscription has, and every message of its own is answered. */
export class EventConnection {
  readonly #options: ConnectionOptions;
  readonly #outbox: Outbox;
  readonly #openedAt: number;
  #subscription: Subscription | undefined;
  /** Where the stream was when the client unsubscribed. */
  #position: Position | undefined;
  #ending: Ending | undefined;
  #closedAt = 0;
  #failure: string | undefined;
  #pingedAt: number;
  #isAwaited = false;
  #toldAt: number;
  #checkedAt: number;
  #countedFrom: number;
  #messages = 0;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    const { socket, backlog, now } = options;
    const startedAt = now();
    this.#openedAt = startedAt;
    this.#pingedAt = startedAt;
    this.#toldAt = startedAt;
    this.#checkedAt = startedAt;
    this.#countedFrom = startedAt;
    this.#outbox = new Outbox({ socket, backlog, onOverflow: () => this.close("slow-reader") });
    socket.on("message", (data, isBinary) => this.#receive(data, isBinary));
    socket.on("pong", () => {
      this.#isAwaited = false;
    });
    socket.on("error", (err) => {
      this.#failure ??= errorCode(err) ?? "";
    });
    socket.once("close", (code) => this.#end(code));
  }

  /** @param from absent for what happens from now on */
  subscribe(filters: Filters, from?: Position): void {
    this.#subscription?.end();
    const { sources } = this.#options;
    const start = from ?? this.#subscription?.position ?? this.#position;
    const subscription = new Subscription(sources, this.#outbox, filters, start);
    this.#subscription = subscription;
    subscription.start().catch((err: unknown) => {
      // A server that stops ends its connections by itself.
      if (err instanceof StoppedError || this.#subscription !== subscription) return;
      this.#fail(err);
    });
  }

  /** Ends the connection with a reason. */
  close(name: CloseName): void {
    if (this.#ending !== undefined) return;
    this.#ending = name;
    this.#closedAt = this.#options.now();
    this.#subscription?.end();
    const { code, reason } = closes[name];
    this.#options.socket.close(code, reason);
  }

  /** Ends the connection without a word. */
  terminate(ending: Ending): void {
    this.#ending ??= ending;
    this.#options.socket.terminate();
  }

  /** To be called once a second. */
  tick(): void {
    const { socket, identity, now, time } = this.#options;
    const at = now();
    if (this.#ending !== undefined) {
      if (at - this.#closedAt >= goodbye) socket.terminate();
      return;
    }
    if (time() >= identity.expiresAt) return this.close("token-expired");
    if (this.#subscription === undefined && this.#position === undefined && at - this.#openedAt >= times.subscribe) {
      return this.close("not-subscribed");
    }
    if (this.#isAwaited && at - this.#pingedAt >= times.pong) return this.terminate("silent");
    if (at - this.#pingedAt >= times.ping) {
      this.#pingedAt = at;
      this.#isAwaited = true;
      socket.ping();
    }
    if (at - this.#toldAt >= times.ping) {
      this.#toldAt = at;
      this.#subscription?.tellPosition();
    }
    if (at - this.#checkedAt >= times.check) {
      this.#checkedAt = at;
      void this.#checkToken();
    }
  }

  async #checkToken(): Promise<void> {
    try {
      const state = await this.#options.checkToken();
      if (state !== "accepted") this.close(state);
    } catch (err) {
      this.#fail(err);
    }
  }

  #receive(data: RawData, isBinary: boolean): void {
    if (this.#ending !== undefined) return;
    const at = this.#options.now();
    if (at - this.#countedFrom >= times.messages) {
      this.#countedFrom = at;
      this.#messages = 0;
    }
    this.#messages += 1;
    if (this.#messages >= mostMessages) return this.close("too-many-messages");
    try {
      this.#obey(parse(data, isBinary));
    } catch (err) {
      if (err instanceof Problem) this.#outbox.send(problemText(err));
      else this.#fail(err);
    }
  }

  /** Something unforeseen: one client is to pay for it, and not all. */
  #fail(err: unknown): void {
    this.#options.log.error({ err }, "a connection for events failed");
    this.close("failed");
  }

  #obey(value: unknown): void {
    const message = validate(clientMessage, value, "#");
    if (message.type === "subscribe") {
      const from = message.cursor === undefined ? undefined : decodeCursor(message.cursor);
      return this.subscribe(message.filters ?? allKinds, from);
    }
    this.#subscription?.end();
    this.#position = this.#subscription?.position;
    this.#subscription = undefined;
    if (this.#position === undefined) {
      throw new Problem("validation-failed", "There is nothing to unsubscribe from yet: subscribe first.", {
        errors: [{ pointer: "#/type", detail: 'must be "subscribe" at first' }],
      });
    }
    this.#outbox.send(unsubscribedText(this.#position));
  }

  #end(code: number): void {
    this.#subscription?.end();
    this.#outbox.close();
    this.#options.onEnd(this.#ending ?? endingOf(code, this.#failure));
  }
}

function parse(data: RawData, isBinary: boolean): unknown {
  if (isBinary) {
    throw new Problem("bad-request", 'The message is binary. Send JSON as text, such as {"type":"subscribe"}.');
  }
  const text = Buffer.isBuffer(data) ? data : Buffer.alloc(0);
  const value = parseJson(text);
  refuseRepeatedNames(text, value);
  return value;
}

function parseJson(text: Buffer): unknown {
  try {
    return JSON.parse(text.toString("utf8"));
  } catch (cause) {
    const detail = 'The message is not valid JSON. Send an object, such as {"type":"subscribe"}.';
    throw new Problem("bad-request", detail, { cause });
  }
}

function endingOf(code: number, failure: string | undefined): Ending {
  if (failure === "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH") return "message-too-large";
  if (failure?.startsWith("WS_ERR_") === true) return "protocol-error";
  return code === 1_006 ? "lost" : "client";
}
