import { type ExportResult, ExportResultCode } from "@opentelemetry/core";
import {
  AlwaysOnSampler,
  BatchSpanProcessor,
  type ReadableSpan,
  type SpanExporter,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import { Registry } from "prom-client";
import { beforeEach, describe, expect, test } from "vitest";
import { createLogger } from "../log.ts";
import { createTraceMetrics } from "./metrics.ts";
import { SpanQueue } from "./span-queue.ts";

/** Takes batches, and answers each when it is told to. */
class HeldExporter implements SpanExporter {
  readonly batches: { readonly spans: number; readonly answer: (result: ExportResult) => void }[] = [];

  export(spans: ReadableSpan[], answer: (result: ExportResult) => void): void {
    this.batches.push({ spans: spans.length, answer });
  }

  async shutdown(): Promise<void> {}
}

let exporter: HeldExporter;
let queue: SpanQueue;
let provider: TracerProvider;
let registry: Registry;
let lines: string[];

beforeEach(() => {
  exporter = new HeldExporter();
  registry = new Registry();
  lines = [];
  const metrics = createTraceMetrics(registry, () => queue.waiting);
  const log = createLogger("server", "info", { write: (line) => lines.push(line) });
  queue = new SpanQueue({ limit: 10, metrics, log });
  const processor = new BatchSpanProcessor({
    exporter: queue.counting(exporter),
    maxQueueSize: 10,
    maxExportBatchSize: 4,
    scheduledDelayMillis: 60_000,
  });
  provider = new TracerProvider({ sampler: new AlwaysOnSampler(), spanProcessors: [queue.before(processor)] });
});

function finish(spans: number): void {
  const tracer = provider.getTracer("test");
  for (let span = 0; span < spans; span += 1) tracer.startSpan("a span").end();
}

async function metric(name: string, reason?: string): Promise<number | undefined> {
  const { values = [] } = (await registry.getSingleMetric(name)?.get()) ?? {};
  return values.find(({ labels }) => labels["reason"] === reason)?.value;
}

const success = { code: ExportResultCode.SUCCESS };
const failure = { code: ExportResultCode.FAILED, error: new Error("connect ECONNREFUSED http://u:hunter2@otel/") };

describe("SpanQueue", () => {
  test("drops what comes when as many wait as may, and counts it", async () => {
    finish(30);
    // One batch is under way, and ten wait.
    expect(exporter.batches.map(({ spans }) => spans)).toEqual([4]);
    expect(queue.waiting).toBe(10);
    expect(await metric("trace_spans_waiting")).toBe(10);
    expect(await metric("trace_spans_dropped_total", "queue_full")).toBe(16);
  });

  test("has room again for as many as were sent", async () => {
    finish(14);
    exporter.batches[0]?.answer(success);
    await expect.poll(() => exporter.batches.length).toBe(2);
    finish(10);
    expect(queue.waiting).toBe(10);
    expect(await metric("trace_spans_exported_total")).toBe(4);
    expect(await metric("trace_spans_dropped_total", "queue_full")).toBe(6);
  });

  test("counts what was not taken, and tells of it once, without secrets", async () => {
    finish(12);
    for (const [index, result] of [failure, failure, success].entries()) {
      await expect.poll(() => exporter.batches.length).toBeGreaterThan(index);
      exporter.batches[index]?.answer(result);
    }
    await expect.poll(() => metric("trace_spans_exported_total")).toBe(4);
    expect(await metric("trace_spans_dropped_total", "not_taken")).toBe(8);
    expect(queue.waiting).toBe(0);
    expect(lines.map((line) => (JSON.parse(line) as { readonly msg: string }).msg)).toEqual([
      "the collector has not taken traces: they are dropped until it does",
      "the collector takes traces again",
    ]);
    expect(lines.join()).not.toContain("hunter2");
  });
});
