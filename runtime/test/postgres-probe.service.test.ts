import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { probePostgres } from "../src/kit/stores/postgres-probe.ts";
import { ownServices } from "./own-services.ts";

let server: Server;
/** Connections whose packets are lost, from the first one on. */
let lost: number;
const sockets = new Set<Socket>();

beforeEach(async () => {
  let connections = 0;
  server = createServer((client) => {
    connections += 1;
    sockets.add(client);
    client.on("error", () => undefined);
    if (connections <= lost) return;
    const upstream = connect(ownServices().postgres.port, "127.0.0.1");
    upstream.on("error", () => client.destroy());
    client.pipe(upstream).pipe(client);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  server.close();
  await once(server, "close");
});

function probe(): Promise<void> {
  const { port } = server.address() as AddressInfo;
  return probePostgres({ host: "127.0.0.1", port, user: "postgres", password: "not-asked-for", database: "postgres" });
}

test("finds PostgreSQL although what opens a connection is lost twice", async () => {
  lost = 2;
  await expect(probe()).resolves.toBeUndefined();
});

test("gives up when nothing answers", async () => {
  lost = Number.POSITIVE_INFINITY;
  await expect(probe()).rejects.toThrow(/timeout/);
});
