import { once } from "node:events";
import { createServer, maxHeaderSize, type RequestListener, type Server } from "node:http";
import { OperatorError } from "../errors.ts";
import { answerUnreadable } from "./client-errors.ts";
import { answerUpgrades, asksForWebSocket } from "./upgrade.ts";

/** Milliseconds. Slow or stuck clients may not hold a connection for longer. */
const limits = { headers: 10_000, request: 30_000, keepAlive: 65_000 };

export interface Listening {
  readonly port: number;
  /** Stops accepting, and resolves once every request in flight has been answered, and connections given away are gone. */
  close(): Promise<void>;
  /** Ends connections that are still open. */
  destroy(): void;
}

export async function listen(app: RequestListener, port: number): Promise<Listening> {
  const timeouts = { headersTimeout: limits.headers, requestTimeout: limits.request };
  const server = createServer({ ...timeouts, shouldUpgradeCallback: asksForWebSocket }, app);
  server.keepAliveTimeout = limits.keepAlive;
  server.on("clientError", (err, socket) => answerUnreadable(err, socket, maxHeaderSize));
  server.on("upgrade", answerUpgrades(app));
  server.listen(port);
  try {
    await once(server, "listening");
  } catch (cause) {
    throw new OperatorError(`Port ${port} cannot be listened on: is another process using it?`, { cause });
  }
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : port,
    close: () => close(server),
    destroy: () => server.closeAllConnections(),
  };
}

async function close(server: Server): Promise<void> {
  // Answers from now on tell their client not to use the connection again.
  server.prependListener("request", (_request, response) => response.setHeader("Connection", "close"));
  const closed = once(server, "close");
  server.close();
  server.closeIdleConnections();
  await closed;
}
