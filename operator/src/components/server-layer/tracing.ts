import type { V1EnvVar } from "@kubernetes/client-node";
import { parseShortDuration } from "../kit/duration.ts";
import type { PlatformModel } from "../model.ts";
import { PLACE } from "./server/place.ts";

const HEADERS = "OTEL_EXPORTER_OTLP_HEADERS";

type Traced = Pick<PlatformModel, "tracing" | "namespaces">;

/**
 * Environment variables by which `server` and `worker` send traces; none where nothing is recorded. They are
 * OpenTelemetry's.
 */
export function tracingSettings({ tracing, namespaces }: Traced): Record<string, string> {
  if (tracing === undefined) return {};
  const { endpoint, sampling, compression, timeout, queueLength, batchSize, resourceAttributes } = tracing;
  return {
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_EXPORTER_OTLP_COMPRESSION: compression,
    OTEL_EXPORTER_OTLP_TIMEOUT: String(parseShortDuration(timeout)),
    OTEL_TRACES_SAMPLER: sampling.parentBased ? "parentbased_traceidratio" : "traceidratio",
    OTEL_TRACES_SAMPLER_ARG: String(sampling.ratePerMillion / 1_000_000),
    OTEL_BSP_MAX_QUEUE_SIZE: String(queueLength),
    OTEL_BSP_MAX_EXPORT_BATCH_SIZE: String(batchSize),
    // Platforms that share a collector have services of the same names.
    OTEL_RESOURCE_ATTRIBUTES: list({ "k8s.namespace.name": namespaces[PLACE.layer], ...resourceAttributes }),
  };
}

/** In an order of their own, so that no pod restarts for one in which a manifest is written. */
function list(attributes: Readonly<Record<string, string>>): string {
  return Object.keys(attributes)
    .sort()
    .map((name) => `${name}=${encodeURIComponent(attributes[name] ?? "")}`)
    .join(",");
}

/** Headers for the collector, out of a Secret of the user's; none where none is named. */
export function tracingCredentials({ tracing }: Pick<Traced, "tracing">): V1EnvVar[] {
  const name = tracing?.headersSecret;
  return name === undefined ? [] : [{ name: HEADERS, valueFrom: { secretKeyRef: { name, key: HEADERS } } }];
}
