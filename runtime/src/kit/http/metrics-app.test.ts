import { Counter, Gauge, Registry } from "prom-client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createLogger } from "../log.ts";
import { type Listening, listen } from "./listen.ts";
import { createMetricsApp } from "./metrics-app.ts";

const registry = new Registry();
let http: Listening;
let broken = false;

beforeAll(async () => {
  new Counter({ name: "things_total", help: "Things.", registers: [registry] }).inc(3);
  const gauge = new Gauge({
    name: "asked",
    help: "Asked for at each scrape.",
    registers: [],
    collect() {
      if (broken) throw new Error("it cannot be told");
      this.set(1);
    },
  });
  registry.registerMetric(gauge);
  http = await listen(createMetricsApp({ log: createLogger("server", "silent"), registry }), 0);
});
afterAll(async () => {
  http.destroy();
  await http.close();
});

const ask = (path: string, method = "GET"): Promise<Response> =>
  fetch(`http://127.0.0.1:${http.port}${path}`, { method });

test("metrics are given in Prometheus' format, and how often they were asked for is none of them", async () => {
  await ask("/metrics");
  const answer = await ask("/metrics");
  expect([answer.status, answer.headers.get("content-type")]).toEqual([200, registry.contentType]);
  const text = await answer.text();
  expect(text.split("\n").filter((line) => line !== "" && !line.startsWith("#"))).toEqual([
    "things_total 3",
    "asked 1",
  ]);
});

test.each(["/", "/health", "/ready", "/api/v1/profiles", "/metrics/x"])("%s is nothing", async (path) => {
  const answer = await ask(path);
  expect([answer.status, answer.headers.get("content-type")]).toEqual([404, "application/problem+json; charset=utf-8"]);
  expect(await answer.json()).toMatchObject({
    detail: `There is nothing at ${path}. docs/api.md lists what there is.`,
  });
});

test.each(["POST", "PUT", "DELETE"])("%s is refused with what is supported", async (method) => {
  const answer = await ask("/metrics", method);
  expect([answer.status, answer.headers.get("allow")]).toEqual([405, "GET"]);
});

test("a metric that cannot be told is answered with a problem, and the next scrape is as ever", async () => {
  broken = true;
  const answer = await ask("/metrics");
  broken = false;
  expect([answer.status, await answer.json()]).toMatchObject([500, { type: "urn:profile-platform:problem:internal" }]);
  expect((await ask("/metrics")).status).toBe(200);
});
