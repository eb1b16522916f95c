import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** Forwards bytes to a port of this machine, until it is told not to. */
export interface TcpRelay extends AsyncDisposable {
  readonly port: number;
  /** Connections so far. */
  readonly connections: number;
  /** How many of them the client ended with RST. */
  readonly resets: number;
  /** What stands now stays open, and nothing passes on it any more, not even an end. New connections pass. */
  blackhole(): void;
}

export async function tcpRelay(target: number): Promise<TcpRelay> {
  const sockets = new Set<Socket>();
  const holes = new Set<Socket>();
  let connections = 0;
  let resets = 0;
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    connections += 1;
    const upstream = connect({ port: target, host: "127.0.0.1", noDelay: true, allowHalfOpen: true });
    const forward = (from: Socket, to: Socket): void => {
      sockets.add(from);
      from.on("data", (chunk) => void (holes.has(from) || to.write(chunk)));
      from.on("end", () => void (holes.has(from) || to.end()));
      from.on("close", () => void (holes.has(from) || to.destroy()));
      from.on("error", (error: NodeJS.ErrnoException) => {
        resets += from === client && error.code === "ECONNRESET" ? 1 : 0;
      });
    };
    forward(client, upstream);
    forward(upstream, client);
  });
  const listening = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", listening.resolve);
  await listening.promise;
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return connections;
    },
    get resets() {
      return resets;
    },
    blackhole: () => {
      for (const socket of sockets) {
        holes.add(socket);
      }
    },
    [Symbol.asyncDispose]: () => {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      for (const socket of sockets) {
        socket.destroy();
      }
      return closed.promise;
    },
  };
}
