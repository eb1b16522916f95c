import { Registry } from "prom-client";
import { expect, test } from "vitest";
import { createHttpMetrics } from "./metrics.ts";

test("requests are counted once, however many ask for the metrics at the same time", async () => {
  const registry = new Registry();
  const { duration } = createHttpMetrics(registry);
  const labels = { method: "GET", route: "/health", status: "200" };
  duration.observe(labels, 0.001);
  duration.observe(labels, 0.002);
  const texts = await Promise.all([registry.metrics(), registry.metrics(), registry.metrics()]);
  const counts = texts.map((text) => /^http_requests_total\{.*\} (\d+)$/m.exec(text)?.[1]);
  expect(counts).toEqual(["2", "2", "2"]);
});
