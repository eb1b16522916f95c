import { request } from "node:http";
import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeClock } from "../testing/fake-clock.ts";
import { recordingLog } from "../testing/recording-log.ts";
import type { HttpServer } from "./http-server.ts";
import { startProfilingServer } from "./profiling-server.ts";

// Strings with a secret in them: neither profile may carry what the process has in memory.
const SECRET = `hunter2-${process.pid}`;

describe("startProfilingServer", () => {
  let server: HttpServer;
  let clock: FakeClock;

  beforeEach(async () => {
    clock = new FakeClock();
    server = await startProfilingServer({ port: 0, log: recordingLog().log, clock });
  });

  afterEach(() => server.close());

  const get = (path: string, init: RequestInit = {}) => fetch(`http://127.0.0.1:${server.port}${path}`, init);
  const begun = () => vi.waitFor(() => expect(clock.pending).toHaveLength(1), { interval: 1 });

  it("answers with where the time went", async () => {
    const answer = get("/debug/cpu-profile?seconds=30");
    await begun();
    busyWork();
    await clock.advance(30_000);
    const response = await answer;
    expect(response.status).toBe(200);
    expect(response.headers.get("content-disposition")).toBe('attachment; filename="operator.cpuprofile"');
    const text = await response.text();
    const { nodes, samples } = JSON.parse(text) as {
      nodes: { callFrame: { functionName: string } }[];
      samples: number[];
    };
    expect(nodes.map(({ callFrame }) => callFrame.functionName)).toContain("busyWork");
    expect(samples.length).toBeGreaterThan(10);
    expect(text).not.toContain(SECRET);
  });

  it("answers with what was allocated and kept", async () => {
    const answer = get("/debug/heap-profile");
    await begun();
    const kept = keepMuch();
    await clock.advance(10_000);
    const response = await answer;
    expect(response.status).toBe(200);
    const text = await response.text();
    expect(text).toContain('"functionName":"keepMuch"');
    expect(text).not.toContain(SECRET);
    expect(kept).toHaveLength(20_000);
  });

  it.each(["0", "121", "-1", "1.5", "ten", "", "1e1"])("refuses seconds=%s with a sentence", async (seconds) => {
    const response = await get(`/debug/cpu-profile?seconds=${seconds}`);
    expect(response.status).toBe(400);
    expect(await response.text()).toBe("seconds must be a whole number from 1 to 120, such as ?seconds=30\n");
    expect(clock.pending).toEqual([]);
  });

  it("takes one at a time, and the next when the first is done", async () => {
    const first = get("/debug/cpu-profile?seconds=1");
    await begun();
    const second = await get("/debug/heap-profile?seconds=1");
    expect(second.status).toBe(409);
    expect(await second.text()).toContain("a profile is being taken");
    await clock.advance(1000);
    expect((await first).status).toBe(200);
    const third = get("/debug/heap-profile?seconds=1");
    await begun();
    await clock.advance(1000);
    expect((await third).status).toBe(200);
  });

  it("gives up when the reader leaves", async () => {
    const reader = new AbortController();
    const left = get("/debug/cpu-profile?seconds=120", { signal: reader.signal });
    await begun();
    reader.abort();
    await expect(left).rejects.toThrow("aborted");
    await vi.waitFor(() => expect(clock.pending).toEqual([]));
    const next = get("/debug/cpu-profile?seconds=1");
    await begun();
    await clock.advance(1000);
    expect((await next).status).toBe(200);
  });

  it("stops at once, also in the middle of a profile", async () => {
    const left = get("/debug/cpu-profile?seconds=120");
    await begun();
    await Promise.all([expect(left).rejects.toThrow("fetch failed"), server.close()]);
    expect(clock.pending).toEqual([]);
  });

  it("has no heap snapshot, and takes no other method", async () => {
    expect((await get("/debug/heap-snapshot")).status).toBe(404);
    const posted = await get("/debug/cpu-profile", { method: "POST" });
    expect([posted.status, posted.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
  });

  it("refuses what a web page asks for under a name of its own", async () => {
    const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
    request(
      { host: "127.0.0.1", port: server.port, path: "/debug/cpu-profile", headers: { Host: "rebound.example:6060" } },
      (response) => resolve(response.resume().statusCode),
    )
      .on("error", reject)
      .end();
    expect(await promise).toBe(403);
  });

  it("listens on the loopback address alone", async () => {
    const others = Object.values(networkInterfaces()).flatMap((addresses = []) =>
      addresses.filter(({ internal, family }) => !internal && family === "IPv4").map(({ address }) => address),
    );
    for (const host of others) expect([host, await dial(host, server.port)]).toEqual([host, "ECONNREFUSED"]);
    expect(await dial("127.0.0.1", server.port)).toBe("open");
  });
});

function busyWork(): void {
  const secret = { text: SECRET };
  const end = performance.now() + 100;
  while (performance.now() < end) JSON.stringify(secret);
}

function keepMuch(): readonly string[][] {
  return Array.from({ length: 20_000 }, (_, index) => Array.from({ length: 20 }, () => `${SECRET}-${index}`));
}

function dial(host: string, port: number): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const socket = connect({ host, port }, () => resolve("open"));
  socket.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  return promise.finally(() => socket.destroy());
}
