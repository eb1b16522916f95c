import { context, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readTrace, traceFields, traceIdOf, writeTrace } from "./context.ts";

const traceId = "0af7651916cd43dd8448eb211c80319c";
const spanId = "b7ad6b7169203331";
const traceparent = `00-${traceId}-${spanId}-01`;

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager());
});
afterAll(() => context.disable());

describe("readTrace", () => {
  test("takes over trace, span, flags and what others have noted", () => {
    const tracestate = "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE";
    const found = readTrace({ traceparent, tracestate });
    expect(trace.getSpanContext(found)).toMatchObject({ traceId, spanId, traceFlags: 1, isRemote: true });
    expect(writeTrace(found)).toEqual({ traceparent, tracestate });
  });

  test("reads a later version as the one that it knows", () => {
    const found = readTrace({ traceparent: `cc-${traceId}-${spanId}-00-and-more` });
    expect(writeTrace(found)).toEqual({ traceparent: `00-${traceId}-${spanId}-00` });
  });

  test.each([
    ["nothing", {}],
    ["no headers at all", undefined],
    ["an empty header", { traceparent: "" }],
    ["a text", { traceparent: "hello" }],
    ["something else than a text", { traceparent: 7 }],
    ["two headers", { traceparent: `${traceparent}, ${traceparent}` }],
    ["capital letters", { traceparent: traceparent.toUpperCase() }],
    ["a trace of zeros", { traceparent: `00-${"0".repeat(32)}-${spanId}-01` }],
    ["a span of zeros", { traceparent: `00-${traceId}-${"0".repeat(16)}-01` }],
    ["the version that is forbidden", { traceparent: `ff-${traceId}-${spanId}-01` }],
    ["more than this version has", { traceparent: `${traceparent}-01` }],
    ["a digit too few", { traceparent: `00-${traceId.slice(1)}-${spanId}-01` }],
  ])("finds no trace in %s, whatever tracestate says", (_what, headers) => {
    const found = readTrace(headers === undefined ? undefined : { ...headers, tracestate: "rojo=1" });
    expect(found).toBe(ROOT_CONTEXT);
    expect(writeTrace(found)).toBeUndefined();
    expect(traceIdOf(found)).toBeUndefined();
  });

  test.each([
    ["no list", "rojo"],
    ["longer than others have to keep", `rojo=${"1".repeat(600)}`],
  ])("keeps a trace whose tracestate is %s, without it", (_what, tracestate) => {
    expect(writeTrace(readTrace({ traceparent, tracestate }))).toEqual({ traceparent });
  });
});

describe("traceFields", () => {
  test("are those of the context, and none outside of a trace", async () => {
    expect(traceFields()).toEqual({});
    await context.with(readTrace({ traceparent }), async () => {
      await Promise.resolve();
      expect(traceFields()).toEqual({ trace_id: traceId, span_id: spanId });
    });
    expect(traceFields()).toEqual({});
  });
});
