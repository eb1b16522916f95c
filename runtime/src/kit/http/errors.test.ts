import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { Router } from "express";
import { Registry } from "prom-client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Health } from "../health.ts";
import { createLogger } from "../log.ts";
import { createDependencyGauge } from "../metrics.ts";
import { createApp } from "./app.ts";
import { type Listening, listen } from "./listen.ts";
import { Problem } from "./problem.ts";

let http: Listening;

beforeAll(async () => {
  const registry = new Registry();
  const log = createLogger("server", "silent");
  const health = new Health({ dependencies: [], gauge: createDependencyGauge(registry), log });
  health.setObstacle(undefined);
  const routes = Router();
  routes.post("/api/refused", () => {
    throw new Problem("body-too-large", "That is too much.");
  });
  http = await listen(createApp({ log, registry, health, routers: [routes] }), 0);
});
afterAll(async () => {
  http.destroy();
  await http.close();
});

/** More than the buffers of both ends hold. */
const long = Buffer.alloc(32 * 1_024 * 1_024, "x");

/** Sends all of a request before it reads what is answered, as many clients do. */
async function sendAllFirst(version: string, headers: readonly string[]): Promise<string> {
  const socket = connect(http.port, "127.0.0.1");
  const answer = text(socket);
  const head = [`POST /api/refused HTTP/${version}`, "Host: localhost", `Content-Length: ${long.length}`, ...headers];
  socket.write(`${head.join("\r\n")}\r\n\r\n`);
  socket.write(long);
  await once(socket, "drain");
  return answer;
}

describe("a request that is refused before all of it has arrived", () => {
  test.each([
    ["1.1", ["Connection: close"]],
    ["1.0", []],
  ] as const)("is answered to a client of HTTP/%s with %j", async (version, headers) => {
    expect(await sendAllFirst(version, headers)).toMatch(/^HTTP\/1\.1 413 [\s\S]*That is too much\./);
  });

  test("is answered at once where the connection stays", async () => {
    const socket = connect(http.port, "127.0.0.1");
    socket.write(`POST /api/refused HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${long.length}\r\n\r\n`);
    const [beginning] = (await once(socket, "data")) as [Buffer];
    expect(beginning.toString()).toMatch(/^HTTP\/1\.1 413 /);
    socket.destroy();
  });

  test("by a client that closes, and stops in the middle, is given up after a while", async () => {
    const socket = connect(http.port, "127.0.0.1");
    socket.write(`POST /api/refused HTTP/1.0\r\nHost: localhost\r\nContent-Length: ${long.length}\r\n\r\nx`);
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 413 /);
  }, 20_000);
});
