import type { PlatformBackup, PlatformBackupStatus } from "@profile-platform/crds";
import { ANNOTATION_SCHEDULED_FOR } from "../labels.ts";

/** A PlatformBackup of the platform `demo`, as the cluster would hold it. */
export function backupOf(
  name: string,
  status?: PlatformBackupStatus,
  options: { readonly created?: string; readonly scheduledFor?: string; readonly platform?: string } = {},
): PlatformBackup {
  const { created = "2026-11-29T00:00:00Z", scheduledFor, platform = "demo" } = options;
  return {
    apiVersion: "profileplatform.io/v1alpha1",
    kind: "PlatformBackup",
    metadata: {
      name,
      uid: `uid-of-${name}`,
      resourceVersion: "1",
      generation: 1,
      creationTimestamp: created,
      ...(scheduledFor === undefined ? {} : { annotations: { [ANNOTATION_SCHEDULED_FOR]: scheduledFor } }),
    },
    spec: { platform, type: "full" },
    ...(status === undefined ? {} : { status }),
  };
}

/** The status of one that was made: `end` is when it ended, `from` the earliest that could be restored then. */
export function madeAt(end: string, from = end): PlatformBackupStatus {
  return {
    phase: "Succeeded",
    type: "full",
    label: "20261129-030000F",
    startedAt: end,
    finishedAt: end,
    sizeBytes: 1000,
    repositorySizeBytes: 100,
    recoverableFrom: from,
  };
}
