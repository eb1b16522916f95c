import { once } from "node:events";
import { createServer, maxHeaderSize, type RequestListener, type Server } from "node:http";
import { errorCode, OperatorError } from "../errors.ts";
import { answerUnreadable } from "./client-errors.ts";
import { messageClassesOf } from "./message-classes.ts";
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

/**
 * Listens on a port.
 *
 * @param host address to listen on; all of them when it is left out
 * @param accepts connections that are accepted in one turn of the event loop, where the system can do it (Linux). libuv
 * accepts one for each listener, so that with a single one a busy process is asked no faster than it answers: requests
 * then wait in the kernel, where nobody sees them and nobody refuses them.
 */
export async function listen(app: RequestListener, port: number, accepts = 1, host?: string): Promise<Listening> {
  const first = await listenOnce(app, { port, host, reusePort: false });
  const chosen = portOf(first);
  if (accepts === 1 || process.platform !== "linux") return listening([first], chosen);
  // Listeners that share a port share it with other processes as well; only one that does not finds out that it is taken.
  first.close();
  await once(first, "close");
  const servers: Server[] = [];
  for (let count = 0; count < accepts; count += 1) {
    servers.push(await listenOnce(app, { port: chosen, host, reusePort: true }));
  }
  return listening(servers, chosen);
}

function listening(servers: readonly Server[], port: number): Listening {
  return {
    port,
    close: async () => void (await Promise.all(servers.map(close))),
    destroy: () => servers.forEach((server) => server.closeAllConnections()),
  };
}

interface Address {
  readonly port: number;
  readonly host: string | undefined;
  readonly reusePort: boolean;
}

async function listenOnce(app: RequestListener, { port, host, reusePort }: Address): Promise<Server> {
  const timeouts = { headersTimeout: limits.headers, requestTimeout: limits.request };
  const classes = messageClassesOf(app);
  const server = createServer({ ...timeouts, ...classes, shouldUpgradeCallback: asksForWebSocket }, app);
  server.keepAliveTimeout = limits.keepAlive;
  server.on("clientError", (err, socket) => answerUnreadable(err, socket, maxHeaderSize));
  server.on("upgrade", answerUpgrades(app));
  server.listen({ port, reusePort, ...(host !== undefined && { host }) });
  try {
    await once(server, "listening");
  } catch (cause) {
    throw new OperatorError(whyNot(cause, port, host), { cause });
  }
  return server;
}

function whyNot(cause: unknown, port: number, host: string | undefined): string {
  if (errorCode(cause) === "EADDRNOTAVAIL") return `LISTEN_HOST ${host} is no address of this machine.`;
  return `Port ${port} cannot be listened on: is another process using it?`;
}

function portOf(server: Server): number {
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("a server that listens has no port");
  return address.port;
}

async function close(server: Server): Promise<void> {
  // Answers from now on tell their client not to use the connection again.
  server.prependListener("request", (_request, response) => response.setHeader("Connection", "close"));
  const closed = once(server, "close");
  server.close();
  server.closeIdleConnections();
  await closed;
}
