import type { HTTPAddress, ShortDuration } from "./common.ts";

/**
 * Value of an attribute, such as `production`.
 *
 * @maxLength 256
 * @XValidation {"rule": "self.matches('^[!-~]([ -~]*[!-~])?$')", "message": "must be letters, digits and signs of ASCII, with spaces between them at most, such as production"}
 */
export type AttributeValue = string;

/** Which requests are recorded. */
export interface TraceSampling {
  /**
   * How many of a million traces are recorded: `100000` is a tenth.
   *
   * @default 1000000
   * @minimum 0
   * @maximum 1000000
   */
  ratePerMillion: number;
  /**
   * Whether it is left to clients for the traces that they have begun: what a client records is recorded here too, and
   * what it does not is not, whatever `ratePerMillion` says. Where clients are not trusted, `false`.
   *
   * @default true
   */
  parentBased: boolean;
}

/**
 * Traces of the profile API and its worker, sent to a collector.
 *
 * @XValidation {"rule": "has(self.endpoint)", "message": "give the address of the collector, such as http://otel-collector.observability-layer.svc.cluster.local:4318, or remove tracing to record nothing", "fieldPath": ".endpoint", "reason": "FieldValueRequired"}
 * @XValidation {"rule": "!has(self.batchSize) || !has(self.queueLength) || self.batchSize <= self.queueLength", "message": "batchSize is above queueLength: lower the one or raise the other", "fieldPath": ".batchSize"}
 */
export interface TracingSpec {
  /**
   * Where the collector takes OTLP over HTTP; `/v1/traces` is added. The profile API and the worker may open connections
   * to its port, wherever that leads; with a Service of this cluster, by its full name, to the pods of its namespace
   * instead.
   *
   * @requiredByRule
   */
  endpoint: HTTPAddress;
  /**
   * A Secret in the namespace of the server layer, whose key `OTEL_EXPORTER_OTLP_HEADERS` holds headers for the
   * collector, such as `authorization=Bearer%20token,x-tenant=demo`: values are encoded as in URLs. The profile API and
   * the worker wait for it, and read it when they start. With an `http://` address, whoever listens on the way reads
   * them as well.
   *
   * @maxLength 253
   * @XValidation {"rule": "self.matches('^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$')", "message": "must be the name of a Secret in the namespace of the server layer, of small letters, digits, '-' and '.', such as otlp-headers"}
   */
  headersSecret?: string;
  /**
   * Which requests are recorded.
   *
   * @default {}
   */
  sampling: TraceSampling;
  /**
   * How what is sent is compressed. `gzip` takes more of the processor, and less of the network.
   *
   * @default "none"
   */
  compression: "none" | "gzip";
  /**
   * How long the collector may take for a batch, attempts included, before its spans are dropped.
   *
   * @default "10s"
   * @XValidation {"rule": "!self.matches('^[1-9][0-9]{0,8}(ms|s)$') || (duration(self) >= duration('100ms') && duration(self) <= duration('60s'))", "message": "must be from 100ms to 60s: give a length of time in between, such as 10s"}
   */
  timeout: ShortDuration;
  /**
   * Spans that one pod keeps for a collector that is slow or away; those beyond are dropped. Each takes 1 KB.
   *
   * @default 2048
   * @minimum 1
   * @maximum 65536
   */
  queueLength: number;
  /**
   * Spans that are sent at once, at most.
   *
   * @default 512
   * @minimum 1
   * @maximum 8192
   */
  batchSize: number;
  /**
   * What is said of this platform in each of its traces, beside `service.name` and `k8s.namespace.name`, such as
   * `deployment.environment.name: production`.
   *
   * @maxProperties 16
   * @XValidation {"rule": "self.all(name, name.matches('^[a-z][a-z0-9_.-]{0,127}$'))", "message": "an attribute's name has small letters, digits, '_', '.' and '-' only, such as deployment.environment.name"}
   * @XValidation {"rule": "self.all(name, !(name in ['service.name', 'service.namespace', 'service.instance.id', 'host.name', 'k8s.namespace.name']))", "message": "must not set service.name, service.namespace, service.instance.id, host.name or k8s.namespace.name, which tell the platform's pods apart: remove it", "reason": "FieldValueForbidden"}
   */
  resourceAttributes?: Record<string, AttributeValue>;
}

/** How the platform can be watched at work. */
export interface ObservabilitySpec {
  /** Traces of requests and tasks; none are recorded when left out. */
  tracing?: TracingSpec;
}
