import type { IncomingMessage, ServerResponse } from "node:http";
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from "node:http2";
import type { Socket } from "node:net";
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

/** A server that listens. */
export interface Front {
  /** Ends every connection. */
  stop(): Promise<void>;
}

/** Ends TLS, and offers HTTP/2 and HTTP/1.1 as the API server does. */
export async function startFront({ certificate, key, path, handle }: FrontOptions): Promise<Front> {
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
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  // Connections are reset on purpose here, in the middle of anything.
  server.on("sessionError", () => undefined);
  server.on("tlsClientError", () => undefined);
  server.on("clientError", () => undefined);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen(path, resolve);
  await promise;
  return {
    stop: async () => {
      const { promise: closed, resolve: onClosed } = Promise.withResolvers<void>();
      server.close(() => onClosed());
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
