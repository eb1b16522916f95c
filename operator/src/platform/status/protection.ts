import type { PlatformBackup, PostgreSQLStatus } from "@profile-platform/crds";
import { endOf, isOpen, lastOf, phaseOf } from "../../backups/backups.ts";
import { nextDue } from "../../backups/schedule.ts";
import { type ArchivingState, parseArchivingState } from "../../components/data-layer/postgresql/archiving/state.ts";
import type { BackupModel } from "../../components/model.ts";
import { rfc3339 } from "../../engine/apply/conditions.ts";
import { REASON } from "../../errors.ts";
import type { Finding } from "./conditions/finding.ts";

/** How well the data of a platform with backups is protected. */
export interface Protection {
  readonly backup: Finding;
  readonly archiving: Finding;
  readonly status: Pick<PostgreSQLStatus, "lastBackup" | "recoverableFrom" | "archiveFailures">;
  /** In how many milliseconds another thing may be found though nothing happened; Infinity for never. */
  readonly lookAgainMs: number;
}

/** What a backup may take to begin and to end before it is called late. */
const GRACE_MS = 3_600_000;
const LONGEST_LOOK_MS = 10 * 86_400_000;

/**
 * `archiving` is what the primary says of it on its pod; undefined while there is no primary, or it has said nothing.
 * `now` is in milliseconds since the epoch.
 */
export function protection(
  { schedule }: BackupModel,
  backups: readonly PlatformBackup[],
  archiving: string | undefined,
  now: number,
): Protection {
  const state = parseArchivingState(archiving);
  const last = lastOf("Succeeded", backups);
  const lateAt = last === undefined ? Infinity : nextDue(schedule, beginOf(last)) + GRACE_MS;
  return {
    backup: backupFinding(backups, lateAt, now),
    archiving: archivingFinding(state),
    status: {
      ...lastBackup(last),
      ...(state === undefined ? {} : { archiveFailures: state.failures }),
    },
    // Timers of Node.js reach no further than 24 days.
    lookAgainMs: lateAt > now && lateAt < Infinity ? Math.min(lateAt - now, LONGEST_LOOK_MS) : Infinity,
  };
}

function backupFinding(backups: readonly PlatformBackup[], lateAt: number, now: number): Finding {
  const [last, lastFailed] = [lastOf("Succeeded", backups), lastOf("Failed", backups)];
  if (lastFailed !== undefined && (last === undefined || endOf(lastFailed) > endOf(last))) {
    const message = `${lastFailed.metadata.name} failed: ${lastFailed.status?.message ?? ""}`;
    return { status: "False", reason: REASON.backupFailed, message };
  }
  const isRunning = backups.some((backup) => phaseOf(backup) === "Running");
  if (last === undefined) {
    const message = isRunning ? "The first backup is being made" : firstAwaited(backups);
    return { status: "Unknown", reason: REASON.noBackupYet, message };
  }
  if (now >= lateAt && !isRunning) {
    const message = `The last backup that succeeded, ${last.metadata.name}, is older than the schedule allows: see kubectl get platformbackups`;
    return { status: "False", reason: REASON.backupOverdue, message };
  }
  const message = `The last backup is ${last.status?.label ?? ""}, of ${last.status?.finishedAt ?? ""}`;
  return { status: "True", reason: REASON.backupSucceeded, message };
}

function firstAwaited(backups: readonly PlatformBackup[]): string {
  const message = backups.find(isOpen)?.status?.message;
  return message === undefined ? "No backup has been made yet" : `The first backup ${message}`;
}

function archivingFinding(state: ArchivingState | undefined): Finding {
  if (state === undefined) {
    return {
      status: "Unknown",
      reason: REASON.notObserved,
      message: "No primary has said yet how archiving of the write-ahead log goes",
    };
  }
  return state.failing
    ? { status: "False", reason: REASON.archivingFailing, message: state.message }
    : { status: "True", reason: REASON.archiving, message: "The write-ahead log is archived" };
}

function lastBackup(last: PlatformBackup | undefined): Pick<PostgreSQLStatus, "lastBackup" | "recoverableFrom"> {
  const { status = {} } = last ?? {};
  if (last === undefined || status.finishedAt === undefined) return {};
  return {
    lastBackup: {
      name: last.metadata.name,
      label: status.label ?? "",
      type: status.type ?? last.spec.type,
      finishedAt: status.finishedAt,
      sizeBytes: status.sizeBytes ?? 0,
      repositorySizeBytes: status.repositorySizeBytes ?? 0,
    },
    ...(status.recoverableFrom === undefined ? {} : { recoverableFrom: status.recoverableFrom }),
  };
}

function beginOf({ status, metadata }: PlatformBackup): number {
  return Date.parse(status?.startedAt ?? metadata.creationTimestamp ?? rfc3339(0));
}
