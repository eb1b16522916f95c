import type { PlatformBackup } from "@profile-platform/crds";
import { ANNOTATION_SCHEDULED_FOR } from "../labels.ts";

export type Phase = NonNullable<NonNullable<PlatformBackup["status"]>["phase"]>;

/** One that nothing was said of yet is pending. */
export function phaseOf({ status }: PlatformBackup): Phase {
  return status?.phase ?? "Pending";
}

export function isOpen(backup: PlatformBackup): boolean {
  return phaseOf(backup) === "Pending" || phaseOf(backup) === "Running";
}

/** When the schedule asked for it, in milliseconds since the epoch; undefined when somebody else did. */
export function scheduledFor({ metadata }: PlatformBackup): number | undefined {
  const text = metadata.annotations?.[ANNOTATION_SCHEDULED_FOR];
  const time = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}

/** Oldest first. */
export function byAge(backups: readonly PlatformBackup[]): readonly PlatformBackup[] {
  const age = ({ metadata: { creationTimestamp = "", name } }: PlatformBackup) => `${creationTimestamp} ${name}`;
  return [...backups].sort((one, other) => (age(one) < age(other) ? -1 : 1));
}

/** The one that ended last of those in a phase. */
export function lastOf(phase: Phase, backups: readonly PlatformBackup[]): PlatformBackup | undefined {
  return backups
    .filter((backup) => phaseOf(backup) === phase)
    .reduce<PlatformBackup | undefined>(
      (last, one) => (last === undefined || endOf(one) > endOf(last) ? one : last),
      undefined,
    );
}

/** In milliseconds since the epoch; of one that has not ended, 0. */
export function endOf({ status }: PlatformBackup): number {
  return status?.finishedAt === undefined ? 0 : Date.parse(status.finishedAt);
}
