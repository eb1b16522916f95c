import { type ClientHttp2Stream, constants } from "node:http2";

/**
 * The body of a response, taken from this moment on. A stream's own iterator begins to listen only when it is asked for
 * the first chunk: where the event loop is late, a short answer has come to its end by then, and is taken for a broken
 * one. `explain` turns what went wrong, if anything is known of it, into what is thrown.
 */
export function bodyOf(
  stream: ClientHttp2Stream,
  explain: (error: unknown) => unknown,
): { [Symbol.asyncIterator](): AsyncGenerator<Uint8Array> } {
  const chunks: Uint8Array[] = [];
  let state: "open" | "ended" | { readonly failure: unknown } = "open";
  let wake: () => void = () => undefined;
  const finish = (end: typeof state): void => {
    if (state === "open") state = end;
    wake();
  };
  stream.on("data", (chunk: Uint8Array) => {
    chunks.push(chunk);
    // A watch must not come in faster than it is read.
    stream.pause();
    wake();
  });
  stream.on("error", (error) => finish({ failure: explain(error) }));
  stream.once("end", () => {
    // A connection that the other side closes in the middle of a response may end its streams without an error.
    finish(stream.rstCode === constants.NGHTTP2_NO_ERROR ? "ended" : { failure: explain(undefined) });
  });
  stream.once("close", () => {
    if (state === "open") finish({ failure: explain(undefined) });
  });

  async function* read(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        const chunk = chunks.shift();
        if (chunk !== undefined) {
          yield chunk;
        } else if (state === "open") {
          const { promise, resolve } = Promise.withResolvers<void>();
          wake = resolve;
          stream.resume();
          await promise;
        } else if (state === "ended") {
          return;
        } else {
          throw state.failure;
        }
      }
    } finally {
      // Whoever stops reading before the end wants no more of it.
      if (state === "open") stream.close(constants.NGHTTP2_CANCEL);
    }
  }
  return { [Symbol.asyncIterator]: read };
}
