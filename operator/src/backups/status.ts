import type { PlatformBackup, PlatformBackupStatus } from "@profile-platform/crds";
import type { BackupResult } from "../components/data-layer/postgresql-backup/result.ts";
import { rfc3339, setCondition } from "../engine/apply/conditions.ts";
import { REASON } from "../errors.ts";

/** Statuses of a PlatformBackup, one function a phase: Pending → Running → Succeeded | Failed. Times in milliseconds. */

export function pending({ status }: PlatformBackup, message: string): PlatformBackupStatus {
  return { ...status, phase: "Pending", message };
}

export function running({ status }: PlatformBackup, job: string, now: number): PlatformBackupStatus {
  const { message: _, ...known } = status ?? {};
  return { ...known, phase: "Running", job, startedAt: known.startedAt ?? rfc3339(now) };
}

export function succeeded(
  backup: PlatformBackup,
  result: Exclude<BackupResult, { readonly error: string }>,
  now: number,
): PlatformBackupStatus {
  const { message: _, ...known } = backup.status ?? {};
  return {
    ...known,
    phase: "Succeeded",
    startedAt: rfc3339(result.start * 1000),
    finishedAt: rfc3339(result.stop * 1000),
    label: result.label,
    type: result.type,
    sizeBytes: result.size,
    repositorySizeBytes: result.repositorySize,
    walStart: result.walStart,
    walStop: result.walStop,
    recoverableFrom: rfc3339(result.oldestStop * 1000),
    conditions: complete(backup, "True", `pgBackRest has it as ${result.label}`, now),
  };
}

export function failed(backup: PlatformBackup, message: string, now: number): PlatformBackupStatus {
  return {
    ...backup.status,
    phase: "Failed",
    message,
    finishedAt: rfc3339(now),
    conditions: complete(backup, "False", message, now),
  };
}

function complete({ metadata, status }: PlatformBackup, state: "True" | "False", message: string, now: number) {
  const reason = state === "True" ? REASON.backupSucceeded : REASON.backupFailed;
  const condition = { type: "Complete", status: state, reason, message, observedGeneration: metadata.generation ?? 0 };
  return [...setCondition(status?.conditions ?? [], condition, now)];
}
