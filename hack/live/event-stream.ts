import { once } from "node:events";
import { eventually } from "../e2e/support/eventually.ts";

const PROTOCOL = "profile-platform.events.v1";
const TIMEOUT_MS = 10_000;

export interface ToldEvent {
  readonly type: string;
  readonly id: string;
  readonly version: number;
  readonly cursor: string;
}

interface Message {
  readonly type: string;
  readonly cursor?: string;
  readonly events?: readonly ToldEvent[];
}

/** A connection to `/ws`, opened as a page in a browser opens it. */
export class EventStream {
  readonly #socket: WebSocket;
  readonly #messages: Message[] = [];
  #failed = false;

  constructor(url: string, token: string | undefined, query = "") {
    const protocols = token === undefined ? [PROTOCOL] : [PROTOCOL, `bearer.${token}`];
    this.#socket = new WebSocket(`${url.replace(/^http/, "ws")}/ws${query}`, protocols);
    this.#socket.addEventListener("message", ({ data }) => this.#messages.push(JSON.parse(String(data)) as Message));
    this.#socket.addEventListener("error", () => {
      this.#failed = true;
    });
  }

  /** Whether the server opened the connection. */
  async opens(): Promise<boolean> {
    const { OPEN, CONNECTING } = WebSocket;
    return eventually(
      async () => {
        if (this.#failed) return false;
        if (this.#socket.readyState === CONNECTING) throw new Error("the connection has not been answered");
        return this.#socket.readyState === OPEN;
      },
      { what: "the server answers the handshake", timeoutMs: TIMEOUT_MS },
    );
  }

  send(message: unknown): void {
    this.#socket.send(JSON.stringify(message));
  }

  /** Waits for a message of a type. */
  async message(type: string): Promise<Message> {
    return this.#find(`a message of type ${type}`, () => this.#messages.find((message) => message.type === type));
  }

  /** Waits for an event. */
  async event(type: string, id: string): Promise<ToldEvent> {
    return this.#find(`${type} of ${id}`, () =>
      this.#messages.flatMap(({ events = [] }) => events).find((event) => event.type === type && event.id === id),
    );
  }

  async close(): Promise<void> {
    if (this.#socket.readyState === WebSocket.CLOSED) return;
    const closed = once(this.#socket, "close");
    this.#socket.close();
    await closed;
  }

  async #find<T>(what: string, find: () => T | undefined): Promise<T> {
    return eventually(
      async () => {
        const found = find();
        if (found === undefined) throw new Error(`it has not come: there were ${JSON.stringify(this.#messages)}`);
        return found;
      },
      { what, timeoutMs: TIMEOUT_MS },
    );
  }
}
