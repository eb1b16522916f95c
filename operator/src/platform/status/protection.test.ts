import { describe, expect, test } from "vitest";
import { backupOf, madeAt } from "../../backups/testing.ts";
import { protection } from "./protection.ts";

const MODEL = { schedule: "0 3 * * *", retentionFull: 7, volume: { size: "20Gi" } };
const at = (text: string): number => Date.parse(text);
const LAST = backupOf("last", madeAt("2026-11-29T03:10:00Z", "2026-11-23T03:09:00Z"));
const HOUR_MS = 3_600_000;

const look = (backups: Parameters<typeof protection>[1], now = "2026-11-29T12:00:00Z", archiving?: string) =>
  protection(MODEL, backups, archiving, at(now));

describe("BackupHealthy", () => {
  test("is True after a backup that succeeded, and is looked at when the next one would be late", () => {
    const { backup, status, lookAgainMs } = look([LAST]);
    expect(backup).toEqual({
      status: "True",
      reason: "BackupSucceeded",
      message: "The last backup is 20261129-030000F, of 2026-11-29T03:10:00Z",
    });
    expect(status).toEqual({
      lastBackup: {
        name: "last",
        label: "20261129-030000F",
        type: "full",
        finishedAt: "2026-11-29T03:10:00Z",
        sizeBytes: 1000,
        repositorySizeBytes: 100,
      },
      recoverableFrom: "2026-11-23T03:09:00Z",
    });
    expect(lookAgainMs).toBe(16 * HOUR_MS);
  });

  test("is False when the next one is an hour late, and none is being made", () => {
    expect(look([LAST], "2026-11-30T03:59:59Z").backup.status).toBe("True");
    const { backup, lookAgainMs } = look([LAST], "2026-11-30T04:00:00Z");
    expect(backup).toMatchObject({ status: "False", reason: "BackupOverdue" });
    expect(backup.message).toContain("last, is older than the schedule allows");
    expect(lookAgainMs).toBe(Infinity);
    const running = backupOf("next", { phase: "Running" });
    expect(look([LAST, running], "2026-11-30T05:00:00Z").backup.status).toBe("True");
  });

  test("is False after one that failed, until another has succeeded", () => {
    const failed = backupOf("next", { phase: "Failed", message: "no space", finishedAt: "2026-11-29T04:00:00Z" });
    expect(look([LAST, failed]).backup).toEqual({
      status: "False",
      reason: "BackupFailed",
      message: "next failed: no space",
    });
    const mended = backupOf("mended", madeAt("2026-11-29T05:00:00Z"));
    expect(look([LAST, failed, mended]).backup.status).toBe("True");
  });

  test("is Unknown before the first, and says what that waits for", () => {
    expect(look([]).backup).toMatchObject({ status: "Unknown", reason: "NoBackupYet" });
    const pending = backupOf("first", { phase: "Pending", message: "waits for the repository" });
    expect(look([pending]).backup.message).toBe("The first backup waits for the repository");
    expect(look([backupOf("first", { phase: "Running" })]).backup.message).toBe("The first backup is being made");
    expect(look([]).lookAgainMs).toBe(Infinity);
  });
});

describe("ArchivingHealthy", () => {
  test.each([
    [undefined, "Unknown", "NotObserved"],
    ["nonsense", "Unknown", "NotObserved"],
    ['{"failing":"no"}', "Unknown", "NotObserved"],
    ['{"failing":false,"failures":2,"message":""}', "True", "Archiving"],
    ['{"failing":true,"failures":3,"message":"it cannot"}', "False", "ArchivingFailing"],
  ])("of %j is %s", (said, status, reason) => {
    expect(look([], undefined, said).archiving).toMatchObject({ status, reason });
  });

  test("says what the primary says", () => {
    const { archiving, status } = look([], undefined, '{"failing":true,"failures":3,"message":"it cannot"}');
    expect(archiving.message).toBe("it cannot");
    expect(status).toEqual({ archiveFailures: 3 });
  });
});
