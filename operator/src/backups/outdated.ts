import type { PlatformBackup } from "@profile-platform/crds";
import { byAge, endOf, lastOf, phaseOf } from "./backups.ts";

/** Enough to see since when, and few enough to be read. */
const FAILURES_KEPT = 10;

/** PlatformBackups that stand for nothing any more: what pgBackRest has removed, and failures but the last ten. */
export function outdated(backups: readonly PlatformBackup[]): readonly PlatformBackup[] {
  const from = lastOf("Succeeded", backups)?.status?.recoverableFrom;
  const oldest = from === undefined ? 0 : Date.parse(from);
  const removed = backups.filter((backup) => phaseOf(backup) === "Succeeded" && endOf(backup) < oldest);
  const failed = byAge(backups.filter((backup) => phaseOf(backup) === "Failed"));
  return [...removed, ...failed.slice(0, Math.max(0, failed.length - FAILURES_KEPT))];
}
