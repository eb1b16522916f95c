import { type Context, ROOT_CONTEXT, SpanKind } from "@opentelemetry/api";
import { TracerProvider } from "@opentelemetry/sdk-trace";
import { describe, expect, test } from "vitest";
import type { SamplerName } from "./config.ts";
import { readTrace } from "./context.ts";
import { createSampler } from "./sampler.ts";

const begun = (traceId: string, flags: "00" | "01"): Context =>
  readTrace({ traceparent: `00-${traceId}-b7ad6b7169203331-${flags}` });

/** Whether a span that goes on with a trace, or begins one, is recorded. */
function records(sampler: SamplerName, ratio: number, parent: Context): boolean {
  const provider = new TracerProvider({ sampler: createSampler(sampler, ratio) });
  return provider.getTracer("test").startSpan("a span", { kind: SpanKind.SERVER }, parent).isRecording();
}

const low = "0000000000000000000000000000000a";
const high = "000000000000000000000000ffffffff";

describe("a sampler", () => {
  test.each<[SamplerName, number, boolean]>([
    ["always_on", 0, true],
    ["always_off", 1, false],
    ["traceidratio", 1, true],
    ["traceidratio", 0, false],
    ["parentbased_always_on", 0, true],
    ["parentbased_always_off", 1, false],
    ["parentbased_traceidratio", 1, true],
    ["parentbased_traceidratio", 0, false],
  ])("%s with %d records a trace that begins here: %s", (name, ratio, expected) => {
    expect(records(name, ratio, ROOT_CONTEXT)).toBe(expected);
  });

  test.each(["parentbased_always_on", "parentbased_always_off", "parentbased_traceidratio"] as const)(
    "%s does as whoever has begun the trace",
    (name) => {
      for (const traceId of [low, high]) {
        expect(records(name, 0.5, begun(traceId, "01"))).toBe(true);
        expect(records(name, 0.5, begun(traceId, "00"))).toBe(false);
      }
    },
  );

  test("that is not based on parents decides by the trace's id, whatever its client wants", () => {
    for (const flags of ["00", "01"] as const) {
      expect(records("always_off", 1, begun(low, flags))).toBe(false);
      expect(records("always_on", 1, begun(high, flags))).toBe(true);
      expect(records("traceidratio", 0.5, begun(low, flags))).toBe(records("traceidratio", 0.5, begun(low, "01")));
    }
    expect(records("traceidratio", 0.5, begun(low, "01"))).not.toBe(records("traceidratio", 0.5, begun(high, "01")));
  });

  test("records the share that it is told to", () => {
    const provider = new TracerProvider({ sampler: createSampler("parentbased_traceidratio", 0.25) });
    const tracer = provider.getTracer("test");
    const recorded = Array.from({ length: 4_000 }, () => tracer.startSpan("a span")).filter((span) =>
      span.isRecording(),
    );
    // Five standard deviations of what chance would give.
    expect(Math.abs(recorded.length - 1_000)).toBeLessThan(140);
  });
});
