import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import { plainApp } from "./app.ts";
import { messageClassesOf } from "./message-classes.ts";

/** Sends one request to a server with an application's classes, and gives what it made of it to `look`. */
async function receive(
  app: RequestListener,
  look: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<string> {
  const server = createServer(messageClassesOf(app), (request, response) => {
    look(request, response);
    app(request, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/place?a=b`);
    return await answer.text();
  } finally {
    server.close();
  }
}

describe("requests and responses of an application", () => {
  test("have from the beginning the prototypes that express would give them", async () => {
    const app = plainApp();
    app.get("/place", (request, response) => void response.json({ path: request.path, a: request.query["a"] }));
    let born: unknown[] = [];
    const text = await receive(app, (...messages) => {
      born = messages.map((message) => Object.getPrototypeOf(message) as unknown);
    });
    expect(born).toEqual([app.request, app.response]);
    expect(born[0]).toBe(app.request);
    expect(born[1]).toBe(app.response);
    expect(JSON.parse(text)).toEqual({ path: "/place", a: "b" });
  });

  test("are those of its own, not of another application", async () => {
    const [one, other] = [plainApp(), plainApp()];
    other.response.json = () => {
      throw new Error("the other application's");
    };
    one.get("/place", (_request, response) => void response.json("its own"));
    expect(await receive(one, () => undefined)).toBe('"its own"');
  });

  test("of a listener that is no application are those of Node.js", () => {
    expect(messageClassesOf(() => undefined)).toEqual({});
  });
});
