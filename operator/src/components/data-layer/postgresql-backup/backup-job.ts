import type { V1JobSpec } from "@kubernetes/client-node";
import type { PlatformBackup } from "@profile-platform/crds";
import type { KubernetesObject } from "../../../kubernetes.ts";
import { LABEL_BACKUP, LABEL_MANAGED_BY, LABEL_PART_OF, MANAGED_BY_VALUE, selectorLabels } from "../../../labels.ts";
import { API_GROUP, API_VERSION, BACKUP_KIND } from "../../../names.ts";
import { shortHash } from "../../kit/hash.ts";
import type { PlatformModel } from "../../model.ts";
import { CONFIG_DIRECTORY } from "../postgresql-repository/place.ts";
import { PLACE } from "./place.ts";
import { repositoryPod } from "./pod.ts";
import { BACKUP_SCRIPT } from "./scripts.ts";

/** pgBackRest's words. */
const TYPES = { full: "full", differential: "diff", incremental: "incr" } as const;

/** A failover in the middle of a backup ends it; the next attempt goes on with what was copied. */
const RETRIES = 2;
/** One that hangs for a day has failed. */
const DEADLINE_SECONDS = 86_400;
/** For a day its log can be read. */
const KEPT_SECONDS = 86_400;

export interface BackupIdentity {
  readonly name: string;
  readonly uid: string;
}

export function backupJobName({ uid }: BackupIdentity): string {
  return `${PLACE.name}-${shortHash(uid)}`;
}

/**
 * Carries out one PlatformBackup, and goes with it. It does not carry the platform's label: it is none of the objects
 * that the spec asks for, and is not removed for want of it.
 */
export function backupJob(
  model: PlatformModel,
  identity: BackupIdentity,
  { type }: PlatformBackup["spec"],
): KubernetesObject {
  const labels = {
    ...selectorLabels(model.name, PLACE.name),
    [LABEL_PART_OF]: "profile-platform",
    [LABEL_MANAGED_BY]: MANAGED_BY_VALUE,
    [LABEL_BACKUP]: identity.uid,
  };
  const command = ["python3", `${CONFIG_DIRECTORY}/${BACKUP_SCRIPT}`, TYPES[type], identity.uid];
  const spec: V1JobSpec = {
    parallelism: 1,
    completions: 1,
    backoffLimit: RETRIES,
    activeDeadlineSeconds: DEADLINE_SECONDS,
    ttlSecondsAfterFinished: KEPT_SECONDS,
    template: repositoryPod(model, command, { labels }),
  };
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: {
      name: backupJobName(identity),
      namespace: model.namespaces[PLACE.layer],
      labels,
      ownerReferences: [
        { apiVersion: `${API_GROUP}/${API_VERSION}`, kind: BACKUP_KIND, ...identity, controller: true },
      ],
    },
    spec,
  };
}
