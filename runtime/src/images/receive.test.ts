import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { type ClientRequest, request as httpRequest } from "node:http";
import express from "express";
import * as fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { answerErrors } from "../kit/http/errors.ts";
import { type Listening, listen } from "../kit/http/listen.ts";
import { observeRequests } from "../kit/http/request.ts";
import { createLogger } from "../kit/log.ts";
import { createHttpMetrics, createRegistry } from "../kit/metrics.ts";
import type { UploadedFile } from "./body.ts";
import { Budget } from "./budget.ts";
import { AbortedUploadError, receiveFile } from "./receive.ts";

const maximum = 10_000;
const budget = new Budget(25_000);
const log = createLogger("test", "silent");

let http: Listening;
let url: string;
/** Files that have arrived and were not released. */
let files: UploadedFile[] = [];
let failures: unknown[] = [];

beforeAll(async () => {
  const app = express();
  app.use(observeRequests(log, createHttpMetrics(createRegistry())));
  app.post("/", async (request, response) => {
    try {
      const file = await receiveFile(request, { maximum, budget });
      files.push(file);
      response.json({ length: file.bytes.length, hash: file.hash.toString("hex") });
    } catch (thrown) {
      failures.push(thrown);
      throw thrown;
    }
  });
  app.use(answerErrors);
  http = await listen(app, 0);
  url = `http://127.0.0.1:${http.port}/`;
});
afterAll(async () => {
  http.destroy();
  await http.close();
});
beforeEach(() => {
  for (const file of files) file.release();
  [files, failures] = [[], []];
  expect(budget.held).toBe(0);
});

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

async function post(body: NonNullable<RequestInit["body"]>, type?: string) {
  const response = await fetch(url, { method: "POST", body, ...(type ? { headers: { "Content-Type": type } } : {}) });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, unknown>,
  };
}

/** A request whose body is sent piece by piece. */
function begin(type: string): ClientRequest {
  const sent = httpRequest(url, { method: "POST", headers: { "Content-Type": type, "Transfer-Encoding": "chunked" } });
  sent.on("error", () => undefined);
  return sent;
}

async function write(sent: ClientRequest, bytes: Uint8Array | string): Promise<void> {
  await new Promise((resolve) => sent.write(bytes, resolve));
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

const formHead = (boundary: string) =>
  `--${boundary}\r\nContent-Disposition: form-data; name="image"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n`;

test("the same file is received as a body and in a form, cut into whatever pieces", async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(maximum), fc.boolean(), fc.integer({ min: 1, max: 3_000 }), async (length, form, piece) => {
      const file = randomBytes(length);
      const whole = form ? Buffer.concat([Buffer.from(formHead("x")), file, Buffer.from("\r\n--x--\r\n")]) : file;
      const sent = begin(form ? "multipart/form-data; boundary=x" : "image/png");
      for (let at = 0; at < whole.length; at += piece) sent.write(whole.subarray(at, at + piece));
      sent.end();
      const [response] = (await once(sent, "response")) as [AsyncIterable<Buffer>];
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk);
      expect(JSON.parse(Buffer.concat(chunks).toString())).toEqual({ length, hash: sha256(file) });
      files.pop()?.release();
    }),
    { numRuns: 40 },
  );
});

describe("the memory of uploads", () => {
  test("is taken as bytes arrive, refused beyond, and given back", async () => {
    const slow = [begin("image/png"), begin("multipart/form-data; boundary=x")];
    await write(slow[1] as ClientRequest, formHead("x"));
    for (const sent of slow) await write(sent, randomBytes(9_000));
    await until(() => budget.held >= 17_000);
    const refused = await post(randomBytes(9_000), "image/png");
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "5"]);
    expect(refused.body["detail"]).toBe("Too many images arrive at once; nothing was stored, so try again shortly.");
    expect((await post(randomBytes(5_000), "image/png")).status).toBe(200);
    for (const sent of slow) sent.destroy();
    await until(() => failures.length === 3);
    expect(failures.slice(1).every((failure) => failure instanceof AbortedUploadError)).toBe(true);
    expect(budget.held).toBe(5_000);
    files[0]?.release();
    files[0]?.release();
    expect(budget.held).toBe(0);
  });

  test("is not taken by what is only announced", async () => {
    const sent = httpRequest(url, {
      method: "POST",
      headers: { "Content-Type": "image/png", "Content-Length": 10_000 },
    });
    sent.on("error", () => undefined);
    await write(sent, "x");
    await until(() => budget.held > 0);
    expect(budget.held).toBe(1);
    sent.destroy();
    await until(() => failures.length === 1);
    expect(budget.held).toBe(0);
  });

  test("is given back by whatever is refused", async () => {
    const form = new FormData();
    form.set("image", new Blob([randomBytes(9_000)]));
    form.set("other", "x");
    expect((await post(form)).status).toBe(400);
    expect((await post(randomBytes(10_001), "image/png")).status).toBe(413);
    const sent = begin("image/png");
    await write(sent, randomBytes(10_001));
    sent.end();
    const [response] = (await once(sent, "response")) as [{ statusCode: number; resume(): void }];
    response.resume();
    expect(response.statusCode).toBe(413);
    expect(budget.held).toBe(0);
  });
});

test("a connection goes on serving after a refusal, even of a body that is still being sent", async () => {
  for (let time = 0; time < 3; time += 1) {
    const refused = await post(randomBytes(3_000_000), "image/png");
    expect([refused.status, refused.body["detail"]]).toEqual([
      413,
      "The image is larger than the 10,000 bytes that are accepted. Make it smaller, and send that.",
    ]);
    expect((await post(randomBytes(10), "image/png")).status).toBe(200);
  }
});

test("forms that are none are refused, none of them by an end of the process", async () => {
  const bodies = [
    "",
    "--x--",
    "--x\r\n\r\n",
    formHead("x"),
    `${formHead("x")}abc`,
    `${formHead("x")}abc\r\n--x`,
    "\0".repeat(500),
  ];
  for (const body of bodies) {
    const { status } = await post(Buffer.from(body), "multipart/form-data; boundary=x");
    expect(status, JSON.stringify(body)).toBe(400);
  }
  for (const type of ["multipart/form-data", `multipart/form-data; boundary=${"y".repeat(300)}`]) {
    expect((await post(Buffer.from("--x--"), type)).status).toBe(400);
  }
  const manyParts = `--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n`.repeat(150);
  expect((await post(Buffer.from(`${manyParts}--x--`), "multipart/form-data; boundary=x")).status).toBe(400);
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.nat(150), async (noise, at) => {
      const valid = Buffer.from(`${formHead("x")}abc\r\n--x--\r\n`);
      const broken = Buffer.concat([valid.subarray(0, at), noise, valid.subarray(at)]);
      expect([200, 400, 413]).toContain((await post(broken, "multipart/form-data; boundary=x")).status);
      files.pop()?.release();
    }),
    { numRuns: 60 },
  );
});
