import { Agent, type IncomingMessage, request } from "node:http";
import { buffer } from "node:stream/consumers";

export interface Sending {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: string;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is, a PNG. */
  readonly png?: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What became of a request. Moments are milliseconds since the load began. */
export interface Reply {
  /** Undefined when no answer came. */
  readonly status: number | undefined;
  /** What the answer says, where it is JSON. */
  readonly body: unknown;
  /** Bytes of the answer's body. */
  readonly length: number;
  readonly sentAt: number;
  readonly answeredAt: number;
  /** Address that was asked. */
  readonly from: string;
}

export interface ConnectionsOptions {
  /** Addresses of the API; connections are shared out among them. */
  readonly urls: readonly string[];
  /** What goes behind `Bearer`. */
  readonly token: () => Promise<string>;
  /** How many there are while each request is answered before the next; more while they are not. */
  readonly count: number;
  /** Milliseconds that an answer may take. */
  readonly timeoutMs: number;
  readonly now: () => number;
}

/** Sockets that a connection may have, so that one that hangs does not hold up all others. */
const mostSockets = 16;

interface Connection {
  readonly url: string;
  readonly agent: Agent;
}

/** Sends requests in turns on many connections, so that they meet every replica. */
export class Connections {
  readonly urls: readonly string[];
  readonly #options: ConnectionsOptions;
  readonly #connections: readonly Connection[];
  #turn = 0;

  constructor(options: ConnectionsOptions) {
    const { urls, count } = options;
    this.urls = urls;
    this.#options = options;
    this.#connections = Array.from({ length: Math.max(count, urls.length) }, (_, index) => {
      const url = urls[index % urls.length];
      if (url === undefined) throw new Error("there is no address to send requests to");
      return { url, agent: new Agent({ keepAlive: true, maxSockets: mostSockets }) };
    });
  }

  /** Resolves whatever becomes of the request. @param url one of the addresses; any of them when left out */
  async send(sending: Sending, url?: string): Promise<Reply> {
    const { token, now, timeoutMs } = this.#options;
    const authorization = `Bearer ${await token()}`;
    const connection = this.#next(url);
    const from = connection.url;
    const sentAt = now();
    try {
      const signal = AbortSignal.timeout(timeoutMs);
      const answer = await exchange(connection, sending, authorization, signal);
      const content = await buffer(answer);
      const isJson = /\bjson\b/.test(answer.headers["content-type"] ?? "");
      const body: unknown = isJson ? JSON.parse(content.toString()) : undefined;
      return { status: answer.statusCode, body, length: content.length, sentAt, answeredAt: now(), from };
    } catch {
      // Refused, reset, cut off or late: for whoever sent it these are the same, it may have been carried out.
      return { status: undefined, body: undefined, length: 0, sentAt, answeredAt: now(), from };
    }
  }

  close(): void {
    for (const { agent } of this.#connections) agent.destroy();
  }

  #next(url: string | undefined): Connection {
    for (;;) {
      this.#turn = (this.#turn + 1) % this.#connections.length;
      const connection = this.#connections[this.#turn];
      if (connection !== undefined && (url === undefined || connection.url === url)) return connection;
    }
  }
}

function exchange(
  { url, agent }: Connection,
  { method, path, json, png, headers = {} }: Sending,
  authorization: string,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const payload = png ?? (json === undefined ? undefined : Buffer.from(JSON.stringify(json)));
  const type = png === undefined ? "application/json" : "image/png";
  const content = payload === undefined ? {} : { "content-type": type, "content-length": payload.byteLength };
  return new Promise((resolve, reject) => {
    const asked = request(url + path, { method, agent, signal, headers: { authorization, ...headers, ...content } });
    asked.on("error", reject);
    asked.on("response", resolve);
    asked.end(payload);
  });
}
