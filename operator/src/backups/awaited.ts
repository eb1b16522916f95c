import { PLACE as BACKUP } from "../components/data-layer/postgresql-backup/place.ts";
import { PLACE as REPOSITORY } from "../components/data-layer/postgresql-repository/place.ts";
import { endOfJob } from "../components/kit/health/job.ts";
import type { PlatformModel } from "../components/model.ts";
import { LABEL_COMPONENT } from "../labels.ts";
import type { Stores } from "../platform/live/live-objects.ts";
import { BY_PLATFORM } from "../platform/live/observe.ts";

/** What a backup of a platform has to wait for, in a sentence; undefined when it can be made. */
export function awaited(model: PlatformModel, stores: Stores): string | undefined {
  const namespace = model.namespaces[REPOSITORY.layer];
  const repository = stores.get("StatefulSet")?.get(namespace, REPOSITORY.name);
  const { readyReplicas = 0 } = (repository?.["status"] ?? {}) as { readonly readyReplicas?: number };
  if (readyReplicas === 0) {
    return `waits for the repository: kubectl get pods -n ${namespace} -l app.kubernetes.io/name=${REPOSITORY.name}`;
  }
  const jobs = stores.get("Job")?.byIndex(BY_PLATFORM, model.name) ?? [];
  const isPrepared = jobs.some(
    (job) =>
      job.metadata.namespace === namespace &&
      job.metadata.labels?.[LABEL_COMPONENT] === BACKUP.name &&
      endOfJob(job)?.type === "Complete",
  );
  return isPrepared
    ? undefined
    : `waits for the repository to be prepared: kubectl get jobs -n ${namespace} -l app.kubernetes.io/name=${BACKUP.name}`;
}
