import { randomInt } from "node:crypto";
import type { PlatformModel } from "../components/model.ts";
import type { ApiClient } from "../engine/api-client.ts";
import type { Cache } from "../engine/cache.ts";
import { systemClock } from "../engine/clock.ts";
import { Controller } from "../engine/controller.ts";
import type { EventRecorder } from "../engine/event-recorder.ts";
import type { Logger } from "../engine/log.ts";
import type { Metrics } from "../engine/metrics.ts";
import { ResourceTypes } from "../engine/resource-type.ts";
import { WorkQueue } from "../engine/work-queue.ts";
import type { ImageCatalogue } from "../images.ts";
import { PLURAL } from "../names.ts";
import { makeCompactChild } from "./compact-child.ts";
import { APPLIED_TYPES, PLATFORM_TYPE } from "./kinds.ts";
import { LiveObjects } from "./live-objects.ts";
import { Memories } from "./memories.ts";
import { PlatformMetrics } from "./platform-metrics.ts";
import { PlatformReconciler } from "./reconciler.ts";
import { Reporter } from "./report.ts";
import { SecretWatches } from "./secret-watches.ts";
import { declareWatches, wakeOnChange } from "./watches.ts";

export interface PlatformControllerOptions {
  /** Fenced, if there can be two of this process. */
  readonly client: ApiClient;
  readonly cache: Cache;
  readonly recorder: EventRecorder;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly images: ImageCatalogue;
  readonly operator: NonNullable<PlatformModel["operator"]>;
  readonly maxConcurrentReconciles: number;
}

/** The controller of ProfilePlatforms, with its watches declared in the cache. */
export function createPlatformController(options: PlatformControllerOptions): Controller {
  const { client, cache, recorder, metrics, log, images, operator, maxConcurrentReconciles } = options;
  const types = new ResourceTypes([PLATFORM_TYPE, ...APPLIED_TYPES]);
  const compact = makeCompactChild();
  const watches = declareWatches(cache, compact);
  const live = new LiveObjects(watches.children, systemClock, compact);
  const reporter = new Reporter({
    client,
    recorder,
    metrics: new PlatformMetrics(metrics.registry),
    now: () => systemClock.now(),
  });
  const reconciler = new PlatformReconciler({
    client,
    types,
    platforms: watches.platforms,
    live,
    secrets: new SecretWatches(watches.secrets),
    memories: new Memories({ client, types, log, compact }),
    reporter,
    images,
    operator,
    randomInt: (limit) => randomInt(limit),
    monotonic: () => systemClock.monotonic(),
  });
  const queue = new WorkQueue({ name: PLURAL, metrics });
  const controller = new Controller({ name: PLURAL, reconciler, queue, maxConcurrentReconciles, metrics, log });
  wakeOnChange(watches, reporter, (key, enqueueOptions) => controller.enqueue(key, enqueueOptions));
  return controller;
}
