import { createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createClient, send } from "./client.ts";
import { createSettings, endServices, migrateDatabase, type Settings, startService } from "./service.ts";

let settings: Settings;

beforeAll(async () => {
  settings = await createSettings();
  await migrateDatabase(settings);
});
afterAll(endServices);

const names = ["server", "worker"] as const;

describe.each(names)("%s", (name) => {
  test("gives its metrics on a port of their own, and none on the other", async () => {
    const service = startService(name, settings);
    await service.ready();
    const [url, metricsUrl] = [await service.url(), await service.metricsUrl()];
    expect(url).not.toBe(metricsUrl);

    const { status, headers, body } = await send(`${url}/metrics`);
    expect([status, headers.get("content-type")]).toEqual([404, "application/problem+json; charset=utf-8"]);
    expect(body).toEqual({
      type: "urn:profile-platform:problem:not-found",
      title: "There is no such resource",
      status: 404,
      detail: "There is nothing at /metrics. docs/api.md lists what there is.",
    });

    const scrape = await fetch(`${metricsUrl}/metrics`);
    expect([scrape.status, scrape.headers.get("content-type")]).toEqual([
      200,
      "text/plain; version=0.0.4; charset=utf-8",
    ]);
    expect(await scrape.text()).toMatch(/^dependency_up\{dependency="postgresql"\} 1$/m);
    for (const path of ["/health", "/ready"]) {
      expect([(await fetch(url + path)).status, (await fetch(metricsUrl + path)).status]).toEqual([200, 404]);
    }

    expect(await service.exit("SIGTERM")).toBe(0);
    await expect(fetch(`${metricsUrl}/metrics`)).rejects.toThrow("fetch failed");
  });

  test("is scraped before it is ready, for that is when somebody looks", async () => {
    const service = startService(name, { ...settings, DB_PORT: "1" });
    const [url, metricsUrl] = [await service.url(), await service.metricsUrl()];
    expect((await fetch(`${url}/ready`)).status).toBe(503);
    expect(await (await fetch(`${metricsUrl}/metrics`)).text()).toMatch(
      /^dependency_up\{dependency="postgresql"\} 0$/m,
    );
    expect(await service.exit("SIGTERM")).toBe(0);
  });

  test.each(["METRICS_PORT", `${name.toUpperCase()}_PORT`])(
    "ends with a sentence when its %s is taken",
    async (port) => {
      const other = createServer();
      await new Promise<void>((resolve) => other.listen({ port: 0 }, resolve));
      const address = other.address();
      const taken = typeof address === "object" ? address?.port : undefined;
      try {
        const service = startService(name, { ...settings, [port]: String(taken) });
        expect(await service.exit()).toBe(1);
        expect(service.logs.filter(({ level }) => level === "fatal").map(({ msg }) => msg)).toEqual([
          `Port ${taken} cannot be listened on: is another process using it?`,
        ]);
      } finally {
        await new Promise((resolve) => other.close(resolve));
      }
    },
  );

  test("ends with a sentence when both ports are the same", async () => {
    const other = `${name.toUpperCase()}_PORT`;
    const service = startService(name, { ...settings, [other]: "18080", METRICS_PORT: "18080" });
    expect(await service.exit()).toBe(1);
    expect(service.logs.map(({ msg }) => msg)).toEqual([
      `The configuration is not valid. Set these environment variables:\n  METRICS_PORT: expected another port than that of ${other}`,
    ]);
  });
});

test("requests are counted, and scrapes are neither counted nor logged", async () => {
  const server = startService("server", settings);
  await server.ready();
  const client = createClient(await server.url());
  await client.create("counted@example.org");
  const created = 'http_requests_total{method="POST",route="/api/v1/profiles",status="201"}';
  expect([await client.metric(created), await client.metric(created)]).toEqual([1, 1]);
  expect(await (await fetch(`${await server.metricsUrl()}/metrics`)).text()).not.toContain("/metrics");
  expect(server.logs.filter(({ path }) => path === "/metrics")).toEqual([]);
});
