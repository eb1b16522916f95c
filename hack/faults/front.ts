import type { IncomingMessage, ServerResponse } from "node:http";
import {
  createSecureServer,
  type Http2SecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from "node:http2";
import { Exchange } from "./exchange.ts";

// As many as the API server allows on one connection.
const MAX_STREAMS = 250;

export interface FrontOptions {
  readonly certificate: Buffer;
  readonly key: Buffer;
  /** Unix socket to listen on. */
  readonly path: string;
  readonly handle: (exchange: Exchange) => Promise<void>;
}

/** Ends TLS, and offers HTTP/2 and HTTP/1.1 as the API server does. */
export async function startFront({ certificate, key, path, handle }: FrontOptions): Promise<Http2SecureServer> {
  const server = createSecureServer({
    cert: certificate,
    key,
    allowHTTP1: true,
    settings: { maxConcurrentStreams: MAX_STREAMS },
  });
  const onRequest = (
    incoming: IncomingMessage | Http2ServerRequest,
    outgoing: ServerResponse | Http2ServerResponse,
  ): void => {
    const exchange = new Exchange(incoming, outgoing);
    handle(exchange).catch(() => exchange.cut());
  };
  server.on("request", onRequest);
  // Connections are reset on purpose here, in the middle of anything.
  server.on("sessionError", () => undefined);
  server.on("tlsClientError", () => undefined);
  server.on("clientError", () => undefined);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen(path, resolve);
  await promise;
  return server;
}
