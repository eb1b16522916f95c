import { z } from "zod";
import { type Configuration, type Environment, integer } from "../config.ts";
import { pairs } from "./pairs.ts";

function expecting(what: string): { error: () => string } {
  return { error: () => what };
}

function oneOf<const Names extends readonly [string, ...string[]]>(names: Names) {
  return z.enum(names, expecting(names.length === 1 ? names[0] : `one of ${names.join(", ")}`));
}

/** Secrets belong into headers: addresses are logged. */
function collectorUrl(example: string): z.ZodType<string | undefined> {
  const what = `an http or https URL without user, query and fragment, such as ${example}`;
  return z.string().refine(isCollectorUrl, expecting(what)).optional();
}

function isCollectorUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && [username, password, search, hash].every((part) => part === "");
}

/** What may stand in a header; its bounds keep a value from becoming another header. */
const headerValue = /^[\t\x20-\x7e\x80-\xff]*$/;

const samplers = [
  "always_on",
  "always_off",
  "traceidratio",
  "parentbased_always_on",
  "parentbased_always_off",
  "parentbased_traceidratio",
] as const;
export type SamplerName = (typeof samplers)[number];

/** Spans, unless the variables say otherwise. */
const usual = { queue: 2_048, batch: 512 };

/** OpenTelemetry's own variables: those that this service honours, with OpenTelemetry's defaults. Durations are in milliseconds. */
export const traceVariables = {
  OTEL_SDK_DISABLED: oneOf(["true", "false"])
    .default("false")
    .transform((text) => text === "true"),
  OTEL_TRACES_EXPORTER: oneOf(["otlp", "none"]).default("otlp"),
  /** Of a collector, to which `/v1/traces` is added. Nothing is recorded without this or the next one. */
  OTEL_EXPORTER_OTLP_ENDPOINT: collectorUrl("http://otel-collector:4318"),
  /** The same, as it is. */
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: collectorUrl("http://otel-collector:4318/v1/traces"),
  OTEL_EXPORTER_OTLP_PROTOCOL: oneOf(["http/json"]).default("http/json"),
  /** A secret: tokens for the collector stand here. */
  OTEL_EXPORTER_OTLP_HEADERS: pairs("headers such as authorization=Bearer%20token,x-tenant=demo", (value) =>
    headerValue.test(value),
  ),
  OTEL_EXPORTER_OTLP_COMPRESSION: oneOf(["none", "gzip"]).default("none"),
  OTEL_EXPORTER_OTLP_TIMEOUT: integer(10_000, 100, 60_000),
  /** The service's name in traces: `server` or `worker` when absent. */
  OTEL_SERVICE_NAME: z.string().trim().min(1, expecting("text that is not empty")).max(255).optional(),
  OTEL_RESOURCE_ATTRIBUTES: pairs("attributes such as deployment.environment.name=production,k8s.cluster.name=demo"),
  OTEL_TRACES_SAMPLER: oneOf(samplers).default("parentbased_always_on"),
  /** The share of traces that are recorded, for the samplers with a ratio. */
  OTEL_TRACES_SAMPLER_ARG: ratio(),
  /** Finished spans that may wait for the collector; those beyond are dropped, and counted. */
  OTEL_BSP_MAX_QUEUE_SIZE: integer(usual.queue, 1, 65_536),
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: integer(usual.batch, 1, 8_192),
  OTEL_BSP_SCHEDULE_DELAY: integer(5_000, 10, 60_000),
};

function ratio(): z.ZodType<number> {
  const what = "a number from 0 to 1";
  return z
    .string()
    .regex(/^\d{0,3}(?:\.\d{1,12})?$/, expecting(what))
    .transform(Number)
    .refine((value) => value >= 0 && value <= 1, expecting(what))
    .default(1);
}

export type TraceConfiguration = Configuration<typeof traceVariables>;

/** What the variables have to be together, by the variable that is wrong. */
export function traceRules(environment: Environment): Readonly<Record<string, string>> {
  const { OTEL_BSP_MAX_QUEUE_SIZE: queue, OTEL_BSP_MAX_EXPORT_BATCH_SIZE: batch } = environment;
  if (Number(batch || Math.min(usual.batch, Number(queue || usual.queue))) <= Number(queue || usual.queue)) return {};
  return { OTEL_BSP_MAX_EXPORT_BATCH_SIZE: "a number that is not above OTEL_BSP_MAX_QUEUE_SIZE" };
}

export interface TraceSettings {
  /** Where spans are sent. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly compress: boolean;
  /** Milliseconds that the collector may take for a batch. */
  readonly timeout: number;
  readonly serviceName: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly sampler: SamplerName;
  readonly ratio: number;
  /** Finished spans that may wait. */
  readonly queue: number;
  /** Spans sent at once. */
  readonly batch: number;
  /** Milliseconds between two batches, while fewer than a batch wait. */
  readonly delay: number;
}

/** @returns undefined when nothing is recorded */
export function traceSettings(config: TraceConfiguration, service: string): TraceSettings | undefined {
  const url = addressOf(config);
  if (url === undefined || config.OTEL_SDK_DISABLED || config.OTEL_TRACES_EXPORTER === "none") return undefined;
  const queue = config.OTEL_BSP_MAX_QUEUE_SIZE;
  // The one that says something of the service alone wins over the list, as OpenTelemetry has it.
  const { "service.name": listed, ...attributes } = config.OTEL_RESOURCE_ATTRIBUTES;
  return {
    url,
    headers: config.OTEL_EXPORTER_OTLP_HEADERS,
    compress: config.OTEL_EXPORTER_OTLP_COMPRESSION === "gzip",
    timeout: config.OTEL_EXPORTER_OTLP_TIMEOUT,
    serviceName: config.OTEL_SERVICE_NAME ?? listed ?? service,
    attributes,
    sampler: config.OTEL_TRACES_SAMPLER,
    ratio: config.OTEL_TRACES_SAMPLER_ARG,
    queue,
    batch: Math.min(config.OTEL_BSP_MAX_EXPORT_BATCH_SIZE, queue),
    delay: config.OTEL_BSP_SCHEDULE_DELAY,
  };
}

function addressOf(config: TraceConfiguration): string | undefined {
  const { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: own, OTEL_EXPORTER_OTLP_ENDPOINT: shared } = config;
  return own ?? (shared === undefined ? undefined : `${shared.replace(/\/+$/, "")}/v1/traces`);
}
