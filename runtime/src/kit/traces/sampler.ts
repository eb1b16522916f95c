import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
} from "@opentelemetry/sdk-trace";
import type { SamplerName } from "./config.ts";

/**
 * Decides which traces are recorded. With `parentbased` in its name it does so for those that begin here, and leaves
 * the others to who has begun them; without, it decides for all, by the trace's id, and so alike in all services.
 *
 * @param ratio the share that is recorded, in [0, 1], where the name has one
 */
export function createSampler(name: SamplerName, ratio: number): Sampler {
  const own = createOwnSampler(name, ratio);
  return name.startsWith("parentbased_") ? new ParentBasedSampler({ root: own }) : own;
}

function createOwnSampler(name: SamplerName, ratio: number): Sampler {
  if (name.endsWith("always_on")) return new AlwaysOnSampler();
  if (name.endsWith("always_off")) return new AlwaysOffSampler();
  return new TraceIdRatioBasedSampler(ratio);
}
