import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { Connections } from "./connections.ts";

const servers: Server[] = [];
const opened: Connections[] = [];
afterEach(() => {
  for (const connections of opened.splice(0)) connections.close();
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  servers.push(server);
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function open(urls: readonly string[], timeoutMs = 5_000): Connections {
  const token = async () => "token";
  const connections = new Connections({ urls, token, count: 4, timeoutMs, now: () => performance.now() });
  opened.push(connections);
  return connections;
}

test("a request has its token, and its answer's status, JSON and length", async () => {
  const url = await listen((request, response) => {
    response.statusCode = request.headers.authorization === "Bearer token" ? 201 : 401;
    response.setHeader("content-type", "application/json; charset=utf-8");
    request.pipe(response);
  });
  const reply = await open([url]).send({ method: "POST", path: "/", json: { a: 1 } });
  expect(reply).toMatchObject({ status: 201, body: { a: 1 }, length: 7, from: url });
  expect(reply.answeredAt).toBeGreaterThanOrEqual(reply.sentAt);
});

test("every address has its turn, unless one is named", async () => {
  const urls = [await listen((_, response) => void response.end()), await listen((_, response) => void response.end())];
  const connections = open(urls);
  const asked: string[] = [];
  for (let count = 0; count < 4; count += 1) asked.push((await connections.send({ method: "GET", path: "/" })).from);
  expect(asked.toSorted()).toEqual([...urls, ...urls].toSorted());
  expect((await connections.send({ method: "GET", path: "/" }, urls[1])).from).toBe(urls[1]);
});

test("what is cut off, refused or late has no status", async () => {
  const cut = await listen((request) => void request.socket.destroy());
  expect((await open([cut]).send({ method: "GET", path: "/" })).status).toBeUndefined();
  const silent = await listen(() => undefined);
  expect((await open([silent], 50).send({ method: "GET", path: "/" })).status).toBeUndefined();
  expect((await open(["http://127.0.0.1:1"]).send({ method: "GET", path: "/" })).status).toBeUndefined();
});
