import { context } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import type { Registry } from "prom-client";
import type { Logger } from "../log.ts";
import type { TraceSettings } from "./config.ts";

export interface Traces {
  /**
   * Sends what has not been sent, and gives up before so many milliseconds are over. Never rejects: that a collector is
   * away is no failure of the service.
   */
  stop(left: number): Promise<void>;
}

export interface OpenTracesOptions {
  /** Undefined when nothing is recorded. */
  readonly settings: TraceSettings | undefined;
  readonly registry: Registry;
  readonly log: Logger;
}

/**
 * Traces as a service uses them. Without settings none is recorded, but the trace that a request tells of is handed on
 * with what it schedules, and stands in log lines, all the same.
 */
export async function openTraces({ settings, registry, log }: OpenTracesOptions): Promise<Traces> {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager());
  if (settings === undefined) return { stop: async () => undefined };
  // It takes some megabytes, and is loaded only where it is used.
  const { startExport } = await import("./export.ts");
  log.info({ url: settings.url, sampler: settings.sampler, ratio: settings.ratio }, "traces are recorded");
  return startExport(settings, registry, log);
}
