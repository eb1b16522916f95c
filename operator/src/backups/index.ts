import { PLACE as BACKUP } from "../components/data-layer/postgresql-backup/place.ts";
import { PLACE as REPOSITORY } from "../components/data-layer/postgresql-repository/place.ts";
import type { Change } from "../engine/cache/store.ts";
import { Controller } from "../engine/controller/controller.ts";
import { LOW_PRIORITY, WorkQueue } from "../engine/controller/work-queue.ts";
import { systemClock } from "../engine/kit/clock.ts";
import type { Logger } from "../engine/kit/log.ts";
import type { Metrics } from "../engine/metrics/metrics.ts";
import { LABEL_COMPONENT, LABEL_INSTANCE } from "../labels.ts";
import { BACKUP_PLURAL } from "../names.ts";
import { StandbyWakes } from "../platform/live/standby-wakes.ts";
import { BackupReconciler, type BackupReconcilerOptions } from "./reconciler.ts";

export interface BackupControllerOptions extends Omit<BackupReconcilerOptions, "clock"> {
  readonly metrics: Metrics;
  readonly log: Logger;
}

/** A backup is begun and told of in a few requests, and most platforms have none under way. */
const WORKERS = 2;

/** The controller of PlatformBackups. Its keys are names of platforms. */
export function createBackupController(options: BackupControllerOptions): Pick<Controller, "run"> {
  const { metrics, log, platforms, backups, stores } = options;
  const queue = new WorkQueue({ name: BACKUP_PLURAL, metrics, workers: WORKERS });
  const reconciler = new BackupReconciler({ ...options, clock: systemClock });
  const controller = new Controller({
    name: BACKUP_PLURAL,
    reconciler,
    queue,
    maxConcurrentReconciles: WORKERS,
    metrics,
    log,
  });
  const wakes = new StandbyWakes(queue);
  const wake = (platform: string | undefined, { initial }: Change): void => {
    if (platform !== undefined) wakes.add(platform, initial ? { priority: LOW_PRIORITY } : {});
  };
  backups.subscribe((change) => {
    wake((change.object["spec"] as { readonly platform?: string } | undefined)?.platform, change);
  });
  platforms.subscribe((change) => {
    const { object, previous } = change;
    if (object.metadata.generation !== previous?.metadata.generation) wake(object.metadata.name, change);
  });
  for (const kind of ["Job", "StatefulSet"]) {
    stores.get(kind)?.subscribe((change) => {
      const { labels } = change.object.metadata;
      if (labels !== undefined && isOfBackups(labels)) wake(labels[LABEL_INSTANCE], change);
    });
  }
  return {
    run: async (signal) => {
      wakes.release();
      await controller.run(signal);
    },
  };
}

function isOfBackups(labels: Readonly<Record<string, string>>): boolean {
  const component = labels[LABEL_COMPONENT] ?? labels["app.kubernetes.io/name"];
  return component === BACKUP.name || component === REPOSITORY.name;
}
