import { afterEach, describe, expect, it } from "vitest";
import { type Answer, failure, json, type ScriptedApi, scriptedApi } from "../testing/scripted-api.ts";
import { NotLeaderError } from "../transport/write-fence.ts";

const PATH = "/api/v1/namespaces/default/configmaps/a";

describe("ApiClient", () => {
  let api: ScriptedApi | undefined;

  afterEach(() => api?.[Symbol.asyncDispose]());

  async function answering(...answers: readonly Answer[]) {
    api = await scriptedApi(answers);
    return api;
  }

  it("sends again what was throttled, a POST too, when the server says it may", async () => {
    const { client, requests } = await answering(
      failure(429, "TooManyRequests", { "Retry-After": "0" }),
      failure(429, "TooManyRequests", { "Retry-After": "0" }),
      json({ kind: "ConfigMap" }),
    );
    expect(await client.request({ method: "POST", path: PATH, body: {} })).toEqual({ kind: "ConfigMap" });
    expect(requests).toHaveLength(3);
  });

  it("gives up on a server that throttles without end", async () => {
    const { client, requests } = await answering(
      ...Array.from({ length: 9 }, () => failure(429, "TooManyRequests", { "Retry-After": "0" })),
    );
    await expect(client.request({ method: "GET", path: PATH })).rejects.toMatchObject({ status: 429, retryAfterMs: 0 });
    expect(requests).toHaveLength(5);
  });

  it("names the request that got no answer in time, however often it was throttled", async () => {
    const { client } = await answering(failure(429, "TooManyRequests", { "Retry-After": "3600" }));
    await expect(client.request({ method: "GET", path: PATH, timeoutMs: 50 })).rejects.toMatchObject({
      message: `while waiting for GET ${PATH}`,
      cause: { message: "no answer within 50 ms" },
    });
  });

  it("names the request whose answer was cut off", async () => {
    const { client } = await answering((response) => {
      response.writeHead(200, { "Content-Type": "application/json", "Content-Length": "1000" });
      response.write('{"kind":', () => response.destroy());
    });
    await expect(client.request({ method: "GET", path: PATH })).rejects.toMatchObject({
      message: `while waiting for GET ${PATH}`,
      cause: { code: "ECONNRESET" },
    });
  });

  it("ends with the caller's own reason when the caller aborts", async () => {
    const { client } = await answering();
    const abort = new AbortController();
    const request = client.request({ method: "GET", path: PATH, signal: abort.signal });
    abort.abort(new Error("no longer wanted"));
    await expect(request).rejects.toThrow("no longer wanted");
    await expect(client.request({ method: "GET", path: PATH, signal: abort.signal })).rejects.toThrow(
      "no longer wanted",
    );
  });

  it("tells what a proxy in between answered", async () => {
    const { client } = await answering((response) => response.writeHead(502).end("<h1>Bad Gateway</h1>"));
    await expect(client.request({ method: "GET", path: PATH })).rejects.toMatchObject({
      status: 502,
      reason: "",
      message: `GET ${PATH}: 502 <h1>Bad Gateway</h1>`,
    });
  });

  it("lets reads through a closed fence, and sends nothing of a write", async () => {
    const { client, requests } = await answering(json({ kind: "ConfigMap" }));
    const fenced = client.fenced({
      assertMayWrite: () => {
        throw new NotLeaderError("not now");
      },
    });
    await fenced.request({ method: "GET", path: PATH });
    for (const method of ["POST", "PUT", "PATCH", "DELETE"] as const) {
      await expect(fenced.request({ method, path: PATH, body: {} })).rejects.toThrow(NotLeaderError);
    }
    expect(requests).toHaveLength(1);
  });
});
