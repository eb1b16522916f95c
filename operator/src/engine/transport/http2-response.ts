import { type ClientHttp2Stream, constants, type IncomingHttpHeaders, type IncomingHttpStatusHeader } from "node:http2";
import type { TransportResponse } from "./http-transport.ts";

const RESPONSE = Symbol("response");

/** A stream with the response that it carries. */
interface Carrier extends ClientHttp2Stream {
  [RESPONSE]: Http2Response;
}

interface Reader {
  readonly onChunk: (chunk: Uint8Array) => void;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

type State = "open" | "ended" | { readonly failure: unknown };

/**
 * A response, from the moment of its head on: a stream's own iterator begins to listen only when it is asked for the
 * first chunk; where the event loop is late, a short answer has come to its end by then, and is taken for a broken one.
 *
 * Thousands of watches stand at a time. So the listeners are the same functions for all of them.
 */
export class Http2Response implements TransportResponse {
  readonly status: number;
  readonly contentType: string;
  readonly retryAfter: string | undefined;
  readonly #stream: ClientHttp2Stream;
  readonly #explain: (stream: ClientHttp2Stream, error: unknown) => unknown;
  #state: State = "open";
  #reader: Reader | undefined;
  /** What has come and was not read; undefined while there is none. */
  #chunks: Uint8Array[] | undefined;
  #wake: (() => void) | undefined;

  /** `explain` turns what went wrong with a stream, if anything is known of it, into what is thrown. */
  constructor(
    head: IncomingHttpHeaders & IncomingHttpStatusHeader,
    stream: ClientHttp2Stream,
    explain: (stream: ClientHttp2Stream, error: unknown) => unknown,
  ) {
    this.status = head[":status"] ?? 0;
    this.contentType = head["content-type"] ?? "";
    this.retryAfter = head["retry-after"];
    this.#stream = stream;
    this.#explain = explain;
    (stream as Carrier)[RESPONSE] = this;
    stream.on("data", onData).on("end", onEnd).on("error", onError).on("close", onClose);
  }

  each(onChunk: (chunk: Uint8Array) => void): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#reader = { onChunk, resolve, reject };
    const chunks = this.#chunks ?? [];
    this.#chunks = undefined;
    for (const chunk of chunks) this.#pass(chunk);
    this.#settle();
    this.#stream.resume();
    return promise;
  }

  cancel(reason: unknown): void {
    cancelStream(this.#stream, reason);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        const chunk = this.#chunks?.shift();
        if (chunk !== undefined) {
          yield chunk;
        } else if (this.#state === "open") {
          const { promise, resolve } = Promise.withResolvers<void>();
          this.#wake = resolve;
          this.#stream.resume();
          await promise;
        } else if (this.#state === "ended") {
          return;
        } else {
          throw this.#state.failure;
        }
      }
    } finally {
      // Whoever stops reading before the end wants no more of it.
      if (this.#state === "open") this.#stream.close(constants.NGHTTP2_CANCEL);
    }
  }

  take(chunk: Uint8Array): void {
    if (this.#reader !== undefined) {
      this.#pass(chunk);
      return;
    }
    this.#chunks ??= [];
    this.#chunks.push(chunk);
    // It must not come in faster than it is read.
    this.#stream.pause();
    this.#wake?.();
  }

  /** `error`: undefined where the stream gives none. */
  end(error: unknown, isWhole: boolean): void {
    if (this.#state !== "open") return;
    this.#state = isWhole ? "ended" : { failure: this.#explain(this.#stream, error) };
    this.#wake?.();
    this.#settle();
  }

  #pass(chunk: Uint8Array): void {
    if (this.#state !== "open" && this.#state !== "ended") return;
    try {
      this.#reader?.onChunk(chunk);
    } catch (error) {
      this.#state = { failure: error };
      this.#stream.close(constants.NGHTTP2_CANCEL);
      this.#settle();
    }
  }

  #settle(): void {
    if (this.#state === "ended") this.#reader?.resolve();
    else if (this.#state !== "open") this.#reader?.reject(this.#state.failure);
  }
}

/** Tells the server that no more is wanted; whoever reads gets the reason. */
export function cancelStream(stream: ClientHttp2Stream, reason: unknown): void {
  stream.close(constants.NGHTTP2_CANCEL);
  stream.destroy(reason instanceof Error ? reason : new Error(String(reason)));
}

function onData(this: ClientHttp2Stream, chunk: Uint8Array): void {
  (this as Carrier)[RESPONSE].take(chunk);
}

function onEnd(this: ClientHttp2Stream): void {
  // A connection that the other side closes in the middle of a response may end its streams without an error.
  (this as Carrier)[RESPONSE].end(undefined, this.rstCode === constants.NGHTTP2_NO_ERROR);
}

function onError(this: ClientHttp2Stream, error: unknown): void {
  (this as Carrier)[RESPONSE].end(error, false);
}

function onClose(this: ClientHttp2Stream): void {
  (this as Carrier)[RESPONSE].end(undefined, false);
}
