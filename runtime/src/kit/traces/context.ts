import {
  type Context,
  context,
  defaultTextMapGetter,
  defaultTextMapSetter,
  isSpanContextValid,
  ROOT_CONTEXT,
  type SpanContext,
  trace,
} from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";

/** Where in a trace something belongs, as W3C Trace Context writes it into headers. */
export interface TraceContext {
  readonly traceparent: string;
  /** What other systems have noted of the trace; absent when none has. */
  readonly tracestate?: string;
}

const w3c = new W3CTraceContextPropagator();

/**
 * The context that headers tell of. Those that are broken tell of none, and what stands in their `tracestate` counts for
 * nothing then.
 */
export function readTrace(headers: object | undefined): Context {
  // Most requests have none, and are not to pay for those that do.
  if (headers === undefined || !("traceparent" in headers)) return ROOT_CONTEXT;
  return w3c.extract(ROOT_CONTEXT, headers, defaultTextMapGetter);
}

/** What has to be handed on for others to go on with the trace of a context; undefined outside of one. */
export function writeTrace(from: Context = context.active()): TraceContext | undefined {
  const headers: { traceparent?: string; tracestate?: string } = {};
  w3c.inject(from, headers, defaultTextMapSetter);
  const { traceparent, tracestate = "" } = headers;
  if (traceparent === undefined) return undefined;
  return tracestate === "" ? { traceparent } : { traceparent, tracestate };
}

/** The trace that a context belongs to, whether it is recorded here or not. */
function traceOf(within: Context): SpanContext | undefined {
  const found = trace.getSpanContext(within);
  return found !== undefined && isSpanContextValid(found) ? found : undefined;
}

/** The trace's 32 hexadecimal digits; undefined outside of a trace. */
export function traceIdOf(within: Context): string | undefined {
  return traceOf(within)?.traceId;
}

/**
 * Begins something that outlives what it is begun in, such as a connection or a timer: what comes of it later belongs to
 * no trace.
 */
export function outsideTraces<T>(begin: () => T): T {
  return context.with(ROOT_CONTEXT, begin);
}

/** The fields by which OpenTelemetry finds the trace of a log line. */
export function traceFields(): { readonly trace_id?: string; readonly span_id?: string } {
  const current = traceOf(context.active());
  return current === undefined ? {} : { trace_id: current.traceId, span_id: current.spanId };
}
