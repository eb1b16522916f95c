import type { ProfilePlatform, ProfilePlatformStatus } from "@profile-platform/crds";
import { writeStatus } from "../../engine/apply/status-writer.ts";
import { sameJson } from "../../engine/cache/content.ts";
import type { ApiClient } from "../../engine/client/api-client.ts";
import { ApiError } from "../../engine/client/api-error.ts";
import type { EventRecorder } from "../../engine/events/event-recorder.ts";
import type { KubernetesObject } from "../../kubernetes.ts";
import { NOTHING_DONE, type Outcome } from "../apply/outcome.ts";
import { PLATFORM_TYPE } from "../live/kinds.ts";
import { eventsOf } from "./events.ts";
import type { PlatformMetrics } from "./platform-metrics.ts";
import { type Findings, status } from "./status.ts";

export interface ReporterOptions {
  readonly client: ApiClient;
  readonly recorder: Pick<EventRecorder, "record">;
  readonly metrics: PlatformMetrics;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Tells what a reconcile found and did: in status if it is news, in Events and in metrics. */
export class Reporter {
  readonly #options: ReporterOptions;
  readonly #written = new Map<string, ProfilePlatformStatus>();

  constructor(options: ReporterOptions) {
    this.#options = options;
  }

  /**
   * Returns whether the status is up to date now; it is not when the platform has changed since it was read, and another
   * reconcile has to report. Throws ApiError.
   */
  async report(
    platform: ProfilePlatform,
    outcome: Outcome,
    findings: Findings | undefined,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { client, recorder, metrics, now } = this.#options;
    const { name, generation = 0 } = platform.metadata;
    const found = status(outcome, findings, platform.status, { generation, now: now() });
    // What says the same is one object in memory: the cache's.
    const next = platform.status !== undefined && sameJson(platform.status, found) ? platform.status : found;
    this.#written.set(name, next);
    const live = platform as unknown as KubernetesObject;
    // First the Events: what was done was done, whether or not the status can be written.
    for (const event of eventsOf(outcome, platform.status, next)) recorder.record(live, event);
    metrics.report(name, next, outcome.corrected);
    try {
      await writeStatus(client, PLATFORM_TYPE, live, next, signal);
      return true;
    } catch (error) {
      // Most often the cache has not heard of the last status yet.
      if (error instanceof ApiError && (error.isConflict || error.isNotFound)) return false;
      throw error;
    }
  }

  /** Tells what was done while the status stays as it is. */
  tell(platform: ProfilePlatform, { created, configured, corrected, pruned, restarted }: Outcome): void {
    const { recorder, metrics } = this.#options;
    const { status = {} } = platform;
    const done = { ...NOTHING_DONE, created, configured, corrected, pruned, restarted };
    for (const event of eventsOf(done, status, status)) recorder.record(platform as unknown as KubernetesObject, event);
    metrics.corrected(corrected);
  }

  /** The cache has heard of a status: if it is the one that was written, there need not be two of them in memory. */
  heard({ metadata: { name }, status }: ProfilePlatform): void {
    const written = this.#written.get(name);
    if (status === undefined || written === undefined || !sameJson(status, written)) return;
    this.#written.set(name, status);
    this.#options.metrics.share(name, status);
  }

  /** The status that was last written or found right: what the cache shows of it is no news. */
  lastStatus(name: string): ProfilePlatformStatus | undefined {
    return this.#written.get(name);
  }

  forget(name: string): void {
    this.#written.delete(name);
    this.#options.metrics.forget(name);
  }
}
