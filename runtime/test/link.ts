import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

export interface Link {
  readonly port: number;
  /** Connections that somebody has begun, those included that were broken at once. */
  readonly begun: number;
  /** Breaks what is connected and accepts nothing more. */
  cut(): void;
  /** Keeps what is connected, but lets nothing through, as a partition does. */
  stall(): void;
  /** The same for what is connected now; others may connect. */
  abandon(): void;
  mend(): void;
  close(): Promise<void>;
}

/** A loopback port that leads to another one, as long as a test wants it to. */
export async function createLink(target: number): Promise<Link> {
  let state: "open" | "cut" | "stalled" = "open";
  const pairs = new Set<readonly [Socket, Socket]>();
  let begun = 0;
  const server = createServer((client) => {
    begun += 1;
    if (state === "cut") {
      client.destroy();
      return;
    }
    const upstream = connect(target, "127.0.0.1");
    const pair = [client, upstream] as const;
    pairs.add(pair);
    for (const [from, to] of [pair, [upstream, client] as const]) {
      from.on("data", (chunk) => void to.write(chunk));
      from.on("error", () => to.destroy());
      from.on("close", () => {
        to.destroy();
        pairs.delete(pair);
      });
    }
    if (state === "stalled") pair.forEach((socket) => socket.pause());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the kernel gave no port");
  const cut = (): void => {
    state = "cut";
    for (const pair of pairs) pair.forEach((socket) => socket.destroy());
  };
  const pauseAll = (): void => {
    for (const pair of pairs) pair.forEach((socket) => socket.pause());
  };
  return {
    port: address.port,
    get begun() {
      return begun;
    },
    cut,
    stall() {
      state = "stalled";
      pauseAll();
    },
    abandon: pauseAll,
    mend() {
      state = "open";
      for (const pair of pairs) pair.forEach((socket) => socket.resume());
    },
    async close() {
      cut();
      server.close();
      await once(server, "close");
    },
  };
}
