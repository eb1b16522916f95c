import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ProfileApi } from "../e2e/support/profile-api.ts";
import { HttpClient } from "./http.ts";

const seen: IncomingMessage["headers"][] = [];
const server = createServer((request, response) => {
  seen.push(request.headers);
  response.setHeader("Content-Type", "application/json").end("{}");
});
let url: string;

beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

test("clients ask for a token for each request, and send it", async () => {
  let asked = 0;
  const token = async () => `token-${(asked += 1)}`;
  const http = new HttpClient(url, token);
  await http.send("GET", "/", { status: 200 });
  await http.send("GET", "/", { status: 200 }, undefined, { authorization: "Bearer another" });
  const api = new ProfileApi(url, token);
  await api.read("a");
  await api.create({ name: "Ada", email: "ada@example.org" });
  const sent = seen.splice(0).map(({ authorization }) => authorization);
  expect(sent).toEqual(["Bearer token-1", "Bearer another", "Bearer token-3", "Bearer token-4"]);
});

test("a client without tokens sends none", async () => {
  await new HttpClient(url).send("GET", "/", { status: 200 });
  expect(seen.splice(0)).toEqual([expect.not.objectContaining({ authorization: expect.anything() as unknown })]);
});
