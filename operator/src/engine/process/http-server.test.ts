import { afterEach, describe, expect, it } from "vitest";
import { Metrics } from "../metrics/metrics.ts";
import { type HttpServer, startHttpServer } from "./http-server.ts";

describe("startHttpServer", () => {
  let server: HttpServer;

  afterEach(() => server.close());

  async function get(path: string): Promise<{ status: number; text: string }> {
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`);
    return { status: response.status, text: await response.text() };
  }

  it("answers health checks with what each says", async () => {
    const metrics = new Metrics();
    const cache = (): never => {
      throw new Error("the first list is not complete");
    };
    server = await startHttpServer({
      port: 0,
      host: "127.0.0.1",
      metrics,
      healthz: { ping: () => undefined },
      readyz: { ping: async () => undefined, cache },
    });
    expect(await get("/healthz?verbose")).toEqual({ status: 200, text: "[+] ping ok\nok\n" });
    expect(await get("/readyz")).toEqual({
      status: 503,
      text: "[+] ping ok\n[-] cache: the first list is not complete\nfailed\n",
    });
    expect((await get("/other")).status).toBe(404);
  });

  it("answers GET and HEAD alone, on paths that there are", async () => {
    server = await startHttpServer({ port: 0, host: "127.0.0.1", metrics: new Metrics(), healthz: {} });
    const url = `http://127.0.0.1:${server.port}`;
    const posted = await fetch(`${url}/metrics`, { method: "POST", body: "a" });
    expect([posted.status, posted.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
    const head = await fetch(`${url}/healthz`, { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([200, ""]);
    expect(await get("/constructor")).toEqual({
      status: 404,
      text: "not found: there is /healthz, /readyz, /metrics\n",
    });
  });

  it("answers a scrape that fails with 500, and the next one as ever", async () => {
    const metrics = new Metrics();
    let broken = true;
    metrics.queue("q", () => {
      if (broken) throw new Error("the figure is not there");
      return { depths: new Map(), unfinishedSeconds: 0, longestSeconds: 0 };
    });
    server = await startHttpServer({ port: 0, host: "127.0.0.1", metrics });
    expect(await get("/metrics")).toEqual({ status: 500, text: "Error: the figure is not there\n" });
    broken = false;
    expect((await get("/metrics")).status).toBe(200);
  });

  it("serves every label value from the start as 0", async () => {
    const metrics = new Metrics();
    metrics.controller("thing", 4);
    metrics.leader("lock");
    metrics.restClient("api:443");
    server = await startHttpServer({ port: 0, host: "127.0.0.1", metrics });
    const { text } = await get("/metrics");
    for (const result of ["success", "error", "requeue", "requeue_after"]) {
      expect(text).toContain(`controller_runtime_reconcile_total{controller="thing",result="${result}"} 0`);
    }
    expect(text).toContain('controller_runtime_reconcile_panics_total{controller="thing"} 0');
    expect(text).toContain('controller_runtime_reconcile_time_seconds_bucket{le="0.15",controller="thing"} 0');
    expect(text).toContain('controller_runtime_max_concurrent_reconciles{controller="thing"} 4');
    expect(text).toContain('leader_election_master_status{name="lock"} 0');
    expect(text).toContain('rest_client_requests_total{code="200",method="PATCH",host="api:443"} 0');
  });
});
