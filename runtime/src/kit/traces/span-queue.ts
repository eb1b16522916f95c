import { type Context, TraceFlags } from "@opentelemetry/api";
import { type ExportResult, ExportResultCode } from "@opentelemetry/core";
import type { ReadableSpan, Span, SpanExporter, SpanProcessor } from "@opentelemetry/sdk-trace";
import { reasonOf } from "../errors.ts";
import type { Logger } from "../log.ts";
import { outsideTraces } from "./context.ts";
import type { TraceMetrics } from "./metrics.ts";

export interface SpanQueueOptions {
  /** Finished spans that may wait for the collector. */
  readonly limit: number;
  readonly metrics: TraceMetrics;
  readonly log: Logger;
}

/**
 * Bounds the spans that wait for a collector, and counts what becomes of them: the processor behind it would drop in
 * silence what it has no room for.
 */
export class SpanQueue {
  readonly #options: SpanQueueOptions;
  #waiting = 0;
  #failing = false;

  constructor(options: SpanQueueOptions) {
    this.#options = options;
  }

  get waiting(): number {
    return this.#waiting;
  }

  /** Stands in front of a processor that keeps finished spans until it exports them. */
  before(processor: SpanProcessor): SpanProcessor {
    return {
      onStart: (span: Span, parent: Context) => processor.onStart(span, parent),
      onEnd: (span: ReadableSpan) => {
        if (this.#admit(span)) processor.onEnd(span);
      },
      forceFlush: () => processor.forceFlush(),
      shutdown: () => processor.shutdown(),
    };
  }

  /** Stands in front of the exporter that this processor has. */
  counting(exporter: SpanExporter): SpanExporter {
    return {
      export: (spans: ReadableSpan[], done: (result: ExportResult) => void) => {
        this.#waiting -= spans.length;
        const send = () =>
          exporter.export(spans, (result) => {
            this.#count(spans.length, result);
            done(result);
          });
        outsideTraces(send);
      },
      forceFlush: async () => exporter.forceFlush?.(),
      shutdown: () => exporter.shutdown(),
    };
  }

  #admit(span: ReadableSpan): boolean {
    if ((span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) return false;
    const { limit, metrics } = this.#options;
    if (this.#waiting >= limit) {
      metrics.dropped.inc({ reason: "queue_full" });
      return false;
    }
    this.#waiting += 1;
    return true;
  }

  #count(spans: number, { code, error }: ExportResult): void {
    const { metrics, log } = this.#options;
    if (code === ExportResultCode.SUCCESS) {
      metrics.exported.inc(spans);
      if (this.#failing) log.info("the collector takes traces again");
      this.#failing = false;
      return;
    }
    metrics.dropped.inc({ reason: "not_taken" }, spans);
    if (!this.#failing) {
      log.warn(
        { spans, reason: reasonOf(error) },
        "the collector has not taken traces: they are dropped until it does",
      );
    }
    this.#failing = true;
  }
}
