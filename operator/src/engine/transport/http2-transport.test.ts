import {
  constants,
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import type { AddressInfo } from "node:net";
import { queryObjects } from "node:v8";
import { KubeConfig } from "@kubernetes/client-node";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type TcpRelay, tcpRelay } from "../testing/tcp-relay.ts";
import type { TransportRequest, TransportResponse } from "./http-transport.ts";
import { Http2Connection } from "./http2-connection.ts";
import { Http2Transport } from "./http2-transport.ts";

interface Received {
  readonly stream: ServerHttp2Stream;
  readonly headers: IncomingHttpHeaders;
}

// A server of one's own, for what no API server can be made to do at will. Without TLS: what that adds is tested with a
// real API server.
describe("Http2Transport", () => {
  let server: Http2Server;
  let sessions: ServerHttp2Session[];
  let received: Received[];
  let relay: TcpRelay;
  let transport: Http2Transport;
  let stop: AbortController;
  /** What the server does with a request. */
  let handle: (request: Received) => void;

  beforeEach(async () => {
    sessions = [];
    received = [];
    stop = new AbortController();
    handle = ({ stream }) => answer(stream, "hello");
    server = createServer({ settings: { maxConcurrentStreams: 100 } });
    server.on("session", (session) => sessions.push(session));
    server.on("sessionError", () => undefined);
    server.on("stream", (stream, headers) => {
      // Streams end in the middle of anything here.
      stream.on("error", () => undefined);
      received.push({ stream, headers });
      handle({ stream, headers });
    });
    const listening = Promise.withResolvers<void>();
    server.listen(0, "127.0.0.1", listening.resolve);
    await listening.promise;
    relay = await tcpRelay((server.address() as AddressInfo).port);
    const config = new KubeConfig();
    const base = `http://127.0.0.1:${relay.port}/prefix/`;
    const user = { name: "user", token: "t" };
    config.loadFromClusterAndUser({ name: "cluster", server: base, skipTLSVerify: true }, user);
    transport = new Http2Transport(config, { base: new URL(base) });
  });

  afterEach(async () => {
    stop.abort();
    transport.close();
    for (const session of sessions) {
      session.destroy();
    }
    await relay[Symbol.asyncDispose]();
    server.close();
  });

  function request(options: Partial<TransportRequest> = {}): Promise<TransportResponse> {
    const common = { method: "GET", path: "/api", headers: {}, longRunning: false, signal: stop.signal };
    return transport.send({ ...common, ...options });
  }

  function answer(stream: ServerHttp2Stream, text: string): void {
    stream.respond({ ":status": 200, "content-type": "application/json" });
    stream.end(text);
  }

  async function text(response: AsyncIterable<Uint8Array>): Promise<string> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of response) {
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString();
  }

  /** A response whose head has come and whose body has not ended. */
  async function openWatch(options: Partial<TransportRequest> = {}): Promise<TransportResponse> {
    handle = ({ stream }) => {
      stream.respond({ ":status": 200 });
      stream.write("first");
    };
    return request({ longRunning: true, ...options });
  }

  it("lets no write wait behind others that the server does not answer, however many", async () => {
    handle = ({ stream, headers }) => {
      if (headers[":path"]?.endsWith("/lease")) answer(stream, "renewed");
    };
    const hanging = Array.from({ length: 300 }, () => request({ method: "PATCH", body: "{}" }));
    const ended = Promise.allSettled(hanging);
    await vi.waitFor(() => expect(received).toHaveLength(300), 5_000);
    expect(await text(await request({ method: "PUT", path: "/lease", body: "{}" }))).toBe("renewed");
    stop.abort(new Error("enough"));
    await ended;
  });

  it("keeps nothing of connections that were lost", async () => {
    const before = queryObjects(Http2Connection, { format: "count" });
    for (let lost = 0; lost < 20; lost++) {
      // One that is sent before the client has heard of the loss fails with it.
      await vi.waitFor(async () => expect(await text(await request())).toBe("hello"), 5_000);
      sessions[lost]?.destroy();
    }
    await vi.waitFor(() => expect(queryObjects(Http2Connection, { format: "count" }) - before).toBeLessThan(3), 3_000);
  });

  it("sends method, path, credentials and body, and answers with status, headers and body", async () => {
    let body = "";
    handle = ({ stream }) => {
      stream.on("data", (chunk: Buffer) => {
        body += chunk.toString();
      });
      stream.on("end", () => {
        stream.respond({ ":status": 429, "content-type": "text/plain", "retry-after": "7" });
        stream.end("later");
      });
    };
    const response = await request({ method: "PUT", headers: { "X-Test": "a" }, body: "content" });
    expect(response).toMatchObject({ status: 429, contentType: "text/plain", retryAfter: "7" });
    expect(await text(response)).toBe("later");
    expect(body).toBe("content");
    expect(received[0]?.headers).toMatchObject({
      ":method": "PUT",
      ":path": "/prefix/api",
      ":authority": `127.0.0.1:${relay.port}`,
      authorization: "Bearer t",
      "x-test": "a",
    });
  });

  it("shares connections: as many streams on each as the server allows", async () => {
    await Promise.all(Array.from({ length: 250 }, () => openWatch()));
    expect(sessions).toHaveLength(3);
    expect(received).toHaveLength(250);
  });

  it("keeps reads, writes and watches apart", async () => {
    await openWatch();
    handle = ({ stream }) => answer(stream, "hello");
    await text(await request());
    await text(await request({ method: "PATCH", body: "{}" }));
    await text(await request());
    expect(sessions).toHaveLength(3);
  });

  it("asks before the first byte, and sends nothing when the answer is no", async () => {
    const fence = { assertMayWrite: (): void => undefined };
    await text(await request({ method: "PUT", body: "{}", fence }));
    fence.assertMayWrite = () => {
      throw new Error("not now");
    };
    await expect(request({ method: "PUT", body: "{}", fence })).rejects.toThrow("not now");
    await text(await request({ method: "PUT", body: "{}" }));
    expect(received).toHaveLength(2);
  });

  it.each(["{}", "x".repeat(500_000)])("sends nothing that the fence allowed and no longer allows", async (body) => {
    let leads = true;
    const refusal = new Error("not now");
    const assertMayWrite = vi.fn<() => void>(() => {
      if (!leads) throw refusal;
    });
    const fence = { assertMayWrite };
    await text(await request({ method: "PUT", body, fence }));
    assertMayWrite.mockImplementationOnce(() => {
      // As if the process were frozen here, where the request is under way and has not left.
      leads = false;
    });
    const failure = await request({ method: "PUT", body, fence }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: "ConnectionLostError", cause: refusal });
    leads = true;
    expect(await text(await request({ method: "PUT", body, fence }))).toBe("hello");
    expect(received).toHaveLength(2);
    expect(sessions).toHaveLength(2);
  });

  it("makes no connection for what the fence forbids, and others are not kept from theirs", async () => {
    const refusal = new Error("not now");
    const fence = {
      assertMayWrite: () => {
        throw refusal;
      },
    };
    await expect(request({ method: "PUT", body: "{}", fence })).rejects.toBe(refusal);
    expect(await text(await request({ method: "PUT", body: "{}" }))).toBe("hello");
    expect(received).toHaveLength(1);
  });

  it("sends again what the server refused unseen, and asks again before", async () => {
    handle = ({ stream }) => {
      if (received.length < 3) {
        stream.close(constants.NGHTTP2_REFUSED_STREAM);
      } else {
        answer(stream, "hello");
      }
    };
    const fence = { assertMayWrite: () => expect(allowed.push(received.length)).toBeGreaterThan(0) };
    const allowed: number[] = [];
    expect(await text(await request({ method: "POST", body: "{}", fence }))).toBe("hello");
    expect(received).toHaveLength(3);
    // How many the server had seen whenever it was asked: anew before each.
    expect(new Set(allowed)).toEqual(new Set([0, 1, 2]));
  });

  it("gives up on a server that refuses without end", async () => {
    handle = ({ stream }) => stream.close(constants.NGHTTP2_REFUSED_STREAM);
    await expect(request()).rejects.toThrow("the API server took no more requests on this connection");
    expect(received).toHaveLength(5);
  });

  it("lets what is under way finish when the server says goodbye, and begins anew elsewhere", async () => {
    const watch = await openWatch();
    sessions[0]?.goaway(constants.NGHTTP2_NO_ERROR, 1);
    const second = await openWatch();
    expect(sessions).toHaveLength(2);
    received[0]?.stream.end("last");
    expect(await text(watch)).toBe("firstlast");
    received[1]?.stream.end("other");
    expect(await text(second)).toBe("firstother");
  });

  it("notices a dead connection in less than a second, also one on which the server said goodbye", async () => {
    const watches = [await openWatch()];
    sessions[0]?.goaway();
    watches.push(await openWatch());
    relay.blackhole();
    const started = performance.now();
    const lost = { name: "ConnectionLostError", message: expect.stringContaining("not even an answer") as unknown };
    await Promise.all(watches.map((watch) => expect(text(watch)).rejects.toMatchObject(lost)));
    expect(performance.now() - started).toBeLessThan(1000);
  });

  it("fails what lies in a dead connection, and resets that at once if it may hold a write", async () => {
    await text(await request({ method: "PUT", body: "{}" }));
    relay.blackhole();
    const started = performance.now();
    await expect(request({ method: "PUT", body: "{}" })).rejects.toMatchObject({ name: "ConnectionLostError" });
    expect(performance.now() - started).toBeLessThan(1000);
    await vi.waitFor(() => expect(relay.resets).toBe(1));
    expect(await text(await request({ method: "PUT", body: "{}" }))).toBe("hello");
    expect(received).toHaveLength(2);
  });

  it("takes a server that is slow to answer requests for alive", async () => {
    handle = ({ stream }) => setTimeout(() => answer(stream, "slow"), 1500);
    expect(await text(await request())).toBe("slow");
    expect(sessions).toHaveLength(1);
  });

  it("takes a server for alive while this process itself is busy", async () => {
    const watch = await openWatch();
    const until = performance.now() + 2000;
    while (performance.now() < until);
    received[0]?.stream.end("last");
    expect(await text(watch)).toBe("firstlast");
  });

  it("says what broke when the connection breaks in the middle of a response", async () => {
    const watch = await openWatch();
    const reading = text(watch);
    sessions[0]?.socket.destroy();
    await expect(reading).rejects.toMatchObject({ name: "ConnectionLostError" });
  });

  it("tells a response that the server ended early from a whole one", async () => {
    const watch = await openWatch();
    const reading = text(watch);
    received[0]?.stream.destroy(new Error("broken"));
    await expect(reading).rejects.toThrow(/INTERNAL_ERROR|ended the response early/);
  });

  it("lets go of a request that is no longer wanted, and keeps the connection", async () => {
    const abort = new AbortController();
    const reading = text(await openWatch({ signal: abort.signal }));
    abort.abort(new Error("no longer wanted"));
    await expect(reading).rejects.toThrow("no longer wanted");
    await vi.waitFor(() => expect(received[0]?.stream.rstCode).toBe(constants.NGHTTP2_CANCEL));
    await openWatch();
    expect(sessions).toHaveLength(1);
  });

  it("has the whole of a response that nobody reads before it has come to its end", async () => {
    const response = await request();
    // Answers come in order: with this one, all of the other has come, and its stream is closed.
    expect(await text(await request())).toBe("hello");
    expect(sessions).toHaveLength(1);
    expect(await text(response)).toBe("hello");
  });

  describe("a response that is handed over as it comes", () => {
    /** What came so far, and the end of it. */
    function follow(response: TransportResponse): { readonly chunks: string[]; readonly end: Promise<void> } {
      const chunks: string[] = [];
      return { chunks, end: response.each((chunk) => chunks.push(Buffer.from(chunk).toString())) };
    }

    it("gives what came before it was asked for, what comes, and the end", async () => {
      const response = await openWatch();
      // Its answer comes after what the watch has to say.
      handle = ({ stream }) => answer(stream, "hello");
      await text(await request());
      const { chunks, end } = follow(response);
      await vi.waitFor(() => expect(chunks).toEqual(["first"]));
      received[0]?.stream.end("last");
      await end;
      expect(chunks).toEqual(["first", "last"]);
    });

    it("says what broke", async () => {
      const { end } = follow(await openWatch());
      sessions[0]?.socket.destroy();
      await expect(end).rejects.toMatchObject({ name: "ConnectionLostError" });
      const early = follow(await openWatch());
      received.at(-1)?.stream.destroy(new Error("broken"));
      await expect(early.end).rejects.toThrow(/INTERNAL_ERROR|ended the response early/);
    });

    it("ends when it is cancelled, and not with the signal when that was for the head alone", async () => {
      const abort = new AbortController();
      const response = await openWatch({ signal: abort.signal, detached: true });
      const { chunks, end } = follow(response);
      abort.abort(new Error("not meant"));
      received[0]?.stream.write("more");
      await vi.waitFor(() => expect(chunks.join("")).toBe("firstmore"));
      response.cancel(new Error("no longer wanted"));
      await expect(end).rejects.toThrow("no longer wanted");
      await vi.waitFor(() => expect(received[0]?.stream.rstCode).toBe(constants.NGHTTP2_CANCEL));
    });

    it("ends with what its reader throws, which hears no more", async () => {
      const response = await openWatch();
      const heard = vi.fn<(chunk: Uint8Array) => void>(() => {
        throw new Error("cannot be read");
      });
      const end = response.each(heard);
      await expect(end).rejects.toThrow("cannot be read");
      await vi.waitFor(() => expect(received[0]?.stream.rstCode).toBe(constants.NGHTTP2_CANCEL));
      expect(heard).toHaveBeenCalledTimes(1);
    });
  });

  it("is not held up by a reader that does not read", async () => {
    handle = ({ stream }) => {
      stream.respond({ ":status": 200 });
      stream.end(Buffer.alloc(received.length === 1 ? 6 * 2 ** 20 : 2 ** 20));
    };
    await request();
    expect(await text(await request())).toHaveLength(2 ** 20);
    expect(sessions).toHaveLength(1);
  });
});
