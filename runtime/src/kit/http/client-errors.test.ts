import { connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Listening, listen } from "./listen.ts";

let http: Listening;

beforeAll(async () => {
  http = await listen((_request, response) => void response.end("heard"), 0);
});
afterAll(async () => {
  http.destroy();
  await http.close();
});

/** What is answered to bytes, until the connection ends. */
async function answerTo(bytes: string): Promise<string> {
  const socket = connect(http.port, "127.0.0.1");
  socket.write(bytes);
  let text = "";
  for await (const chunk of socket) text += String(chunk);
  return text;
}

const head = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n";

test("what is HTTP reaches a handler", async () => {
  expect(await answerTo(`${head}\r\n`)).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*heard/);
});

test.each([
  ["no HTTP", "nonsense\r\n\r\n", 400, "bad-request"],
  ["a header with a control character", `${head}A: b\u0001\r\n\r\n`, 400, "bad-request"],
  ["two lengths", `${head}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n`, 400, "bad-request"],
  ["large headers", `${head}A: ${"x".repeat(200_000)}\r\n\r\n`, 431, "headers-too-large"],
])("%s is answered with a problem, and the connection ends", async (_what, bytes, status, kind) => {
  const [fields = "", body = ""] = (await answerTo(bytes)).split("\r\n\r\n");
  expect(fields).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expect(fields).toContain("Content-Type: application/problem+json; charset=utf-8\r\n");
  expect(fields).toMatch(/\r\nX-Request-Id: [0-9a-f-]{36}\r\nConnection: close$/);
  expect(fields).toContain(`\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`);
  expect(JSON.parse(body)).toMatchObject({ type: `urn:profile-platform:problem:${kind}`, status });
});
