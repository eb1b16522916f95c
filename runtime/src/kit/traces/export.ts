import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { trace } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { CompressionAlgorithm } from "@opentelemetry/otlp-exporter-base";
import { defaultResource, type Resource, resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import type { Registry } from "prom-client";
import { reasonOf } from "../errors.ts";
import type { Logger } from "../log.ts";
import { withTimeout } from "../retry.ts";
import type { TraceSettings } from "./config.ts";
import { createTraceMetrics } from "./metrics.ts";
import type { Traces } from "./open.ts";
import { createSampler } from "./sampler.ts";
import { SpanQueue } from "./span-queue.ts";

/** Milliseconds that the end of a service may be put off for its last spans. */
const longestFlush = 5_000;

/** Has traces recorded, and sent to a collector in the background: in batches, one at a time. */
export function startExport(settings: TraceSettings, registry: Registry, log: Logger): Traces {
  const queue: SpanQueue = new SpanQueue({
    limit: settings.queue,
    metrics: createTraceMetrics(registry, () => queue.waiting),
    log,
  });
  const exporter = new OTLPTraceExporter({
    url: settings.url,
    headers: { ...settings.headers },
    compression: settings.compress ? CompressionAlgorithm.GZIP : CompressionAlgorithm.NONE,
    timeoutMillis: settings.timeout,
  });
  const processor = new BatchSpanProcessor({
    exporter: queue.counting(exporter),
    maxQueueSize: settings.queue,
    maxExportBatchSize: settings.batch,
    scheduledDelayMillis: settings.delay,
    // The exporter gives up by itself, its repetitions included.
    exportTimeoutMillis: settings.timeout + 1_000,
  });
  const provider = new TracerProvider({
    resource: resourceOf(settings),
    sampler: createSampler(settings.sampler, settings.ratio),
    spanProcessors: [queue.before(processor)],
  });
  trace.setGlobalTracerProvider(provider);
  return {
    async stop(left) {
      try {
        await withTimeout(provider.shutdown(), Math.min(left * 0.8, longestFlush), "sending them");
      } catch (err) {
        log.warn({ reason: reasonOf(err) }, "the last spans could not be sent");
      }
    },
  };
}

/** Who records: in Kubernetes the name of the host is that of the pod. */
function resourceOf({ serviceName, attributes }: TraceSettings): Resource {
  const own = {
    "service.namespace": "profile-platform",
    "service.instance.id": randomUUID(),
    "host.name": hostname(),
    ...attributes,
    "service.name": serviceName,
  };
  return defaultResource().merge(resourceFromAttributes(own));
}
