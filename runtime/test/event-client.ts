import { once } from "node:events";
import { type ClientOptions, WebSocket } from "ws";
import { upgradeProtocol } from "../src/auth/upgrade-token.ts";
import type { EventView } from "../src/events/event.ts";
import type { Filters } from "../src/events/filter.ts";
import { type ServerMessage, serverMessage } from "../src/events/messages.ts";
import type { ProblemDetails } from "../src/kit/http/problem.ts";
import { until } from "./instance.ts";
import { issuer } from "./issuer.ts";

type MessageOf<Type extends ServerMessage["type"]> = Extract<ServerMessage, { readonly type: Type }>;

const usualToken = await issuer.role("viewer");

/** A client of `/ws`: keeps what it is told, checked against the schema of the document. */
export class EventClient {
  readonly socket: WebSocket;
  readonly messages: ServerMessage[] = [];
  /** How the connection ended. */
  closed: { readonly code: number; readonly reason: string } | undefined;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on("message", (data: Buffer) => {
      this.messages.push(serverMessage.parse(JSON.parse(data.toString("utf8"))));
    });
    socket.on("close", (code, reason) => {
      this.closed = { code, reason: String(reason) };
    });
    socket.on("error", () => undefined);
  }

  /** Resolves once the connection is open. @param url of the server, by HTTP */
  static async open(url: string, path = "/ws", token: string = usualToken): Promise<EventClient> {
    const headers = { Authorization: `Bearer ${token}` };
    const client = new EventClient(new WebSocket(url.replace("http", "ws") + path, { headers }));
    await once(client.socket, "open");
    return client;
  }

  /** As a page in a browser does it: the token is among the protocols. */
  static async openAsPage(url: string, token: string = usualToken): Promise<EventClient> {
    const protocols = [upgradeProtocol, `bearer.${token}`];
    const client = new EventClient(new WebSocket(`${url.replace("http", "ws")}/ws`, protocols));
    await once(client.socket, "open");
    return client;
  }

  /** Opens and subscribes; resolves once it is subscribed and up to date. */
  static async subscribed(url: string, wanted: { filters?: Filters; cursor?: string } = {}): Promise<EventClient> {
    const client = await EventClient.open(url);
    client.send({ type: "subscribe", ...wanted });
    await client.next("subscribed");
    await client.next("cursor");
    return client;
  }

  send(message: unknown): void {
    this.socket.send(typeof message === "string" || message instanceof Uint8Array ? message : JSON.stringify(message));
  }

  get events(): readonly EventView[] {
    return this.messages.flatMap((message) => (message.type === "events" ? message.events : []));
  }

  of<Type extends ServerMessage["type"]>(type: Type): readonly MessageOf<Type>[] {
    return this.messages.filter((message): message is MessageOf<Type> => message.type === type);
  }

  /** Waits for so many messages of a type; gives the last of them. */
  async next<Type extends ServerMessage["type"]>(type: Type, count = 1): Promise<MessageOf<Type>> {
    return until(`message ${count} of type ${type}`, async () => {
      if (this.closed !== undefined && this.of(type).length < count) throw new Error(JSON.stringify(this.closed));
      return this.of(type)[count - 1];
    });
  }

  async untilEvents(count: number): Promise<readonly EventView[]> {
    return until(`${count} events`, async () => (this.events.length >= count ? this.events : undefined));
  }

  async ended(): Promise<{ readonly code: number; readonly reason: string }> {
    return until("the end of the connection", async () => this.closed);
  }

  /** The latest cursor that it received; of events or otherwise. */
  get cursor(): string {
    const cursors = this.messages.flatMap((message) => {
      if (message.type === "events") return message.events.map(({ cursor }) => cursor);
      return "cursor" in message ? [message.cursor] : [];
    });
    return cursors.at(-1) ?? "";
  }

  async close(): Promise<void> {
    this.socket.close();
    await this.ended();
  }
}

export interface RefusedHandshake {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: ProblemDetails;
}

/** A handshake that is to be refused. @throws when it is not */
export async function refusedHandshake(
  url: string,
  options: ClientOptions & { readonly path?: string; readonly protocols?: readonly string[] } = {},
): Promise<RefusedHandshake> {
  const { path = "/ws", protocols = [], ...others } = options;
  const headers = { ...(protocols.length === 0 ? { Authorization: `Bearer ${usualToken}` } : {}), ...others.headers };
  const socket = new WebSocket(url.replace("http", "ws") + path, [...protocols], { ...others, headers });
  return new Promise((resolve, reject) => {
    socket.on("open", () => reject(new Error("the handshake was accepted")));
    socket.on("error", reject);
    socket.on("unexpected-response", (request, response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
        const body = JSON.parse(Buffer.concat(chunks).toString()) as ProblemDetails;
        resolve({ status: response.statusCode, headers: response.headers, body });
        request.destroy();
      });
    });
  });
}
