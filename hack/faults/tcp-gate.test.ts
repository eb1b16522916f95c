import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createConnection, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { systemClock } from "@profile-platform/operator/engine/kit/clock";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { TcpGate } from "./tcp-gate.ts";

let dir: string;
let echo: Server;
let gate: TcpGate;
let clients: Socket[];

/** A server that says everything back, behind the gate. */
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "tcp-gate-"));
  const target = join(dir, "echo.sock");
  echo = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.pipe(socket);
  }).listen(target);
  await once(echo, "listening");
  gate = await TcpGate.start({ clock: systemClock, target });
  clients = [];
});

afterEach(() => {
  for (const client of clients) client.destroy();
  gate.stop();
  echo.close();
  rmSync(dir, { recursive: true });
});

async function connect(): Promise<Socket> {
  const socket = createConnection({ port: gate.port, host: "127.0.0.1" });
  socket.setEncoding("utf8");
  clients.push(socket);
  await once(socket, "connect");
  return socket;
}

async function say(socket: Socket, text: string): Promise<string> {
  socket.write(text);
  const [answer] = (await once(socket, "data")) as [string];
  return answer;
}

/** Long enough for what passes to arrive. */
const A_WHILE_MS = 100;

async function hears(socket: Socket): Promise<boolean> {
  const heard = once(socket, "data").then(
    () => true,
    () => false,
  );
  return Promise.race([heard, delay(A_WHILE_MS, false)]);
}

describe("TcpGate", () => {
  test("passes bytes and ends", async () => {
    const socket = await connect();
    expect(await say(socket, "a")).toBe("a");
    const ended = once(socket, "end");
    socket.end();
    await ended;
    await expect.poll(() => gate.connections().length).toBe(0);
  });

  test("passes more than fits into its buffers", async () => {
    const socket = await connect();
    const size = 5_000_000;
    let received = 0;
    socket.on("data", (text: string) => {
      received += text.length;
    });
    socket.end("x".repeat(size));
    await once(socket, "end");
    expect(received).toBe(size);
  });

  test("resets what stands, and lets new ones in", async () => {
    const socket = await connect();
    await say(socket, "a");
    const failed = once(socket, "error");
    expect(gate.reset()).toBe(1);
    expect(((await failed)[0] as NodeJS.ErrnoException).code).toBe("ECONNRESET");
    expect(await say(await connect(), "b")).toBe("b");
  });

  test("a black hole is silent, keeps the connection, and gives everything back when it ends", async () => {
    const socket = await connect();
    await say(socket, "a");
    expect(gate.blackhole()).toBe(1);
    socket.write("b");
    expect(await hears(socket)).toBe(false);
    expect(await say(await connect(), "new")).toBe("new");
    const heard = once(socket, "data");
    await gate.pass();
    expect((await heard)[0]).toBe("b");
  });

  test("a black hole can take new connections too", async () => {
    gate.blackhole({ newConnections: "blackhole" });
    const socket = await connect();
    socket.write("a");
    expect(await hears(socket)).toBe(false);
    const heard = once(socket, "data");
    await gate.pass();
    expect((await heard)[0]).toBe("a");
  });

  test("one connection can have a fault alone", async () => {
    const [first, second] = [await connect(), await connect()];
    await say(first, "a");
    await say(second, "a");
    gate.connections()[0]?.blackhole();
    first.write("b");
    expect([await say(second, "b"), await hears(first)]).toEqual(["b", false]);
    const failed = once(second, "error");
    gate.connections()[1]?.reset();
    await failed;
  });

  test("refuses, and comes back at the same port", async () => {
    const socket = await connect();
    await say(socket, "a");
    const { port } = gate;
    gate.refuse();
    await expect(connect()).rejects.toMatchObject({ code: "ECONNREFUSED" });
    expect(await say(socket, "b")).toBe("b");
    await gate.pass();
    expect(gate.port).toBe(port);
    expect(await say(await connect(), "c")).toBe("c");
  });

  test("delays each direction", async () => {
    const socket = await connect();
    await say(socket, "a");
    gate.latency(60);
    const started = performance.now();
    await say(socket, "b");
    expect(performance.now() - started).toBeGreaterThanOrEqual(119);
  });
});
