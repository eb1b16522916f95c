import { type Context, context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { UnavailableError } from "../errors.ts";
import { readTrace } from "./context.ts";
import { continueTrace, inSpan, isRecording, noteFailureHere, startSpan } from "./span.ts";

const exporter = new InMemorySpanExporter();
const description = { kind: SpanKind.INTERNAL, attributes: {} };
const describeIt = () => description;
const remote = (flags: "00" | "01"): Context =>
  readTrace({ traceparent: `00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-${flags}` });

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager());
  trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }));
});
beforeEach(() => exporter.reset());
afterAll(() => {
  context.disable();
  trace.disable();
});

const finished = () => exporter.getFinishedSpans();
const names = () => finished().map(({ name }) => name);

describe("inSpan", () => {
  test("outside of a trace simply does the work", async () => {
    const described: string[] = [];
    const result = await inSpan(
      "work",
      () => {
        described.push("described");
        return description;
      },
      async (span) => [span, isRecording()],
    );
    expect([result, described, finished()]).toEqual([[undefined, false], [], []]);
  });

  test("within one has the span around it as its parent, across what is waited for", async () => {
    await continueTrace("outer", description, remote("01"), async () => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      await Promise.all([inSpan("one", describeIt, async () => 1), inSpan("two", describeIt, async () => 2)]);
    });
    const [one, two, outer] = finished();
    expect(outer?.parentSpanContext?.spanId).toBe("b7ad6b7169203331");
    expect([one, two].map((span) => span?.parentSpanContext?.spanId)).toEqual(
      Array.from({ length: 2 }, () => outer?.spanContext().spanId),
    );
    expect(new Set(finished().map((span) => span.spanContext().traceId)).size).toBe(1);
  });

  test("in a trace that nobody records makes none", async () => {
    const seen = await continueTrace("outer", description, remote("00"), () =>
      inSpan("inner", describeIt, async (span) => span),
    );
    expect([seen, finished()]).toEqual([undefined, []]);
  });

  test("makes none for what goes on in the background after the span around it has ended", async () => {
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    let background: Promise<void> = Promise.resolve();
    await continueTrace("request", description, ROOT_CONTEXT, async () => {
      background = ended.then(() => inSpan("background", describeIt, async () => undefined));
    });
    resolve();
    await background;
    expect(names()).toEqual(["request"]);
  });
});

describe("a failure", () => {
  const secret = "ada@example.org";
  test.each([
    ["a class", new UnavailableError("postgresql", secret), "UnavailableError"],
    ["a code", Object.assign(new Error(secret), { code: "23505" }), "23505"],
    ["a code with more in it", Object.assign(new TypeError(secret), { code: secret }), "TypeError"],
    ["a name with more in it", Object.assign(new Error("x"), { name: secret }), "_OTHER"],
    ["no error at all", secret, "_OTHER"],
  ])("that has %s is told by that alone", async (_what, thrown, kind) => {
    const failing = continueTrace("failing", description, ROOT_CONTEXT, async () => {
      throw thrown;
    });
    await expect(failing).rejects.toBe(thrown);
    const [span] = finished();
    expect([span?.status, span?.attributes, span?.events]).toEqual([
      { code: SpanStatusCode.ERROR },
      { "error.type": kind },
      [],
    ]);
  });

  test("that is no exception is told of the span that it happens in", async () => {
    noteFailureHere({ code: "attempts-exhausted" });
    await continueTrace("failing", description, ROOT_CONTEXT, async () =>
      noteFailureHere({ code: "attempts-exhausted" }),
    );
    expect(finished()[0]?.attributes).toEqual({ "error.type": "attempts-exhausted" });
  });
});

test("a span that is started is ended by whoever has started it", () => {
  const { span } = startSpan("mine", description, ROOT_CONTEXT);
  expect(names()).toEqual([]);
  span.end();
  expect(names()).toEqual(["mine"]);
});
