import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import { constants, type Http2ServerRequest, type Http2ServerResponse } from "node:http2";
import { text } from "node:stream/consumers";
import type { RequestHead } from "./seen-request.ts";

// They concern one connection, and HTTP/2 refuses them.
const HOP_BY_HOP = new Set(["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade", "te"]);
// A compressed watch could not be read line by line; the length is that of the body that was read.
const NOT_FORWARDED = new Set([...HOP_BY_HOP, "host", "accept-encoding", "content-length", "expect"]);

/** One request of a client with its answer to be, in HTTP/1.1 or HTTP/2. */
export class Exchange {
  readonly head: RequestHead;
  /** To be sent on: the client's own, without those of its connection. */
  readonly headers: Readonly<Record<string, string>>;
  /** Aborts when the client no longer waits. */
  readonly signal: AbortSignal;
  readonly #incoming: IncomingMessage | Http2ServerRequest;
  readonly #outgoing: ServerResponse;
  /** One for all that wait: the lines of a watch are written without waiting for each. */
  #drained: Promise<void> | undefined;

  constructor(incoming: IncomingMessage | Http2ServerRequest, outgoing: ServerResponse | Http2ServerResponse) {
    const abort = new AbortController();
    this.#incoming = incoming;
    // The two versions' answers have the same methods; only their types have no common one.
    this.#outgoing = outgoing as unknown as ServerResponse;
    this.signal = abort.signal;
    this.headers = forwarded(incoming.headers);
    this.head = {
      method: incoming.method ?? "GET",
      url: incoming.url ?? "/",
      userAgent: this.headers["user-agent"] ?? "",
    };
    this.#incoming.on("error", () => abort.abort());
    this.#outgoing.on("error", () => abort.abort());
    this.#outgoing.on("close", () => abort.abort());
  }

  /** The whole body of the request. */
  body(): Promise<string> {
    return text(this.#incoming);
  }

  /** Sends the head of the answer at once. */
  writeHead(status: number, headers: OutgoingHttpHeaders): void {
    if (this.signal.aborted) return;
    const kept = Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name.toLowerCase()));
    this.#outgoing.writeHead(status, Object.fromEntries(kept));
    this.#outgoing.flushHeaders();
  }

  /** Resolves when more may be written. */
  async write(bytes: Buffer | string): Promise<void> {
    if (this.signal.aborted || this.#outgoing.write(bytes)) return;
    this.#drained ??= this.#untilDrained();
    await this.#drained;
  }

  async #untilDrained(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const done = (): void => resolve();
    this.#outgoing.once("drain", done);
    this.signal.addEventListener("abort", done);
    await promise;
    this.#drained = undefined;
    this.#outgoing.off("drain", done);
    this.signal.removeEventListener("abort", done);
  }

  end(bytes?: Buffer | string): void {
    if (!this.signal.aborted) this.#outgoing.end(bytes);
  }

  /** Ends it as a broken connection would: in HTTP/2 this stream alone, with an error. */
  cut(): void {
    if ("stream" in this.#incoming) this.#incoming.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    else this.#incoming.socket.destroy();
  }
}

function forwarded(headers: IncomingMessage["headers"]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      name.startsWith(":") || NOT_FORWARDED.has(name) || value === undefined
        ? []
        : [[name, Array.isArray(value) ? value.join(", ") : value] as const],
    ),
  );
}
