import { randomInt } from "node:crypto";
import type { ProfilePlatform } from "@profile-platform/crds";
import { createBackupController } from "../backups/index.ts";
import type { PlatformModel } from "../components/model.ts";
import { makeSigningKey } from "../components/server-layer/auth/signing-key.ts";
import type { Cache } from "../engine/cache/cache.ts";
import type { ReadableStore } from "../engine/cache/store.ts";
import type { ApiClient } from "../engine/client/api-client.ts";
import { ResourceTypes } from "../engine/client/resource-type.ts";
import { Controller } from "../engine/controller/controller.ts";
import { WorkQueue } from "../engine/controller/work-queue.ts";
import type { EventRecorder } from "../engine/events/event-recorder.ts";
import { systemClock } from "../engine/kit/clock.ts";
import type { Logger } from "../engine/kit/log.ts";
import type { Metrics } from "../engine/metrics/metrics.ts";
import type { ImageCatalogue } from "../images.ts";
import { PLURAL } from "../names.ts";
import type { Turn } from "./apply/outcome.ts";
import { makeCompactChild } from "./live/compact-child.ts";
import { APPLIED_TYPES, PLATFORM_TYPE } from "./live/kinds.ts";
import { LiveObjects } from "./live/live-objects.ts";
import { SecretWatches } from "./live/secret-watches.ts";
import { StandbyWakes } from "./live/standby-wakes.ts";
import { declareWatches, wakeOnChange } from "./live/watches.ts";
import { Memories } from "./memories.ts";
import { PlatformReconciler } from "./reconciler.ts";
import { Turns } from "./restarts/turns.ts";
import { PlatformMetrics } from "./status/platform-metrics.ts";
import { Reporter } from "./status/report.ts";
import { recordedTurn } from "./status/status.ts";

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

/** The controllers of ProfilePlatforms and their backups, with their watches declared in the cache. */
export function createPlatformController(options: PlatformControllerOptions): Pick<Controller, "run"> {
  const { client, cache, recorder, metrics, log, images, operator, maxConcurrentReconciles } = options;
  const types = new ResourceTypes([PLATFORM_TYPE, ...APPLIED_TYPES]);
  const compact = makeCompactChild();
  const watches = declareWatches(cache, compact);
  const queue = new WorkQueue({ name: PLURAL, metrics, workers: maxConcurrentReconciles });
  const live = new LiveObjects(watches.children, systemClock, compact);
  const reporter = new Reporter({
    client,
    recorder,
    metrics: new PlatformMetrics(metrics.registry),
    now: () => systemClock.now(),
  });
  const turns = new Turns({
    clock: systemClock,
    wake: (platform) => queue.add(platform),
    recorded: () => recordedTurns(watches.platforms),
  });
  const reconciler = new PlatformReconciler({
    client,
    types,
    platforms: watches.platforms,
    backups: watches.backups,
    live,
    secrets: new SecretWatches(watches.secrets),
    memories: new Memories({ client, types, log, compact }),
    reporter,
    turns,
    images,
    operator,
    randomInt: (limit) => randomInt(limit),
    makeKey: makeSigningKey,
    clock: systemClock,
  });
  const controller = new Controller({ name: PLURAL, reconciler, queue, maxConcurrentReconciles, metrics, log });
  const wakes = new StandbyWakes(queue);
  wakeOnChange(watches, live, reporter, (key, enqueueOptions) => wakes.add(key, enqueueOptions));
  const backups = createBackupController({
    client,
    platforms: watches.platforms,
    backups: watches.backups,
    stores: watches.children,
    recorder,
    images,
    operator,
    metrics,
    log,
  });
  return {
    run: async (signal) => {
      wakes.release();
      await Promise.all([controller.run(signal), backups.run(signal)]);
      turns.stop();
    },
  };
}

/** Turns that the statuses of platforms hold. */
function recordedTurns(platforms: ReadableStore): readonly (readonly [string, Turn])[] {
  return (platforms.list() as unknown as readonly ProfilePlatform[]).flatMap(({ metadata, status }) => {
    const turn = recordedTurn(status);
    return turn === undefined || metadata.deletionTimestamp !== undefined ? [] : [[metadata.name, turn] as const];
  });
}
