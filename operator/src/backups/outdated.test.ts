import { expect, test } from "vitest";
import { outdated } from "./outdated.ts";
import { backupOf, madeAt } from "./testing.ts";

const names = (backups: Parameters<typeof outdated>[0]) => outdated(backups).map(({ metadata }) => metadata.name);

test("what ended before the oldest that the newest has found is gone from the repository", () => {
  expect(
    names([
      backupOf("first", madeAt("2026-11-27T03:00:00Z")),
      backupOf("second", madeAt("2026-11-28T03:00:00Z", "2026-11-27T03:00:00Z")),
      backupOf("third", madeAt("2026-11-29T03:00:00Z", "2026-11-28T03:00:00Z")),
    ]),
  ).toEqual(["first"]);
});

test("nothing is, while none has been made", () => {
  expect(names([backupOf("pending"), backupOf("running", { phase: "Running" })])).toEqual([]);
});

test("of failures the last ten stay", () => {
  const failures = Array.from({ length: 12 }, (_, index) =>
    backupOf(
      `failed-${index}`,
      { phase: "Failed" },
      { created: `2026-11-29T00:00:${String(index).padStart(2, "0")}Z` },
    ),
  );
  expect(names(failures)).toEqual(["failed-0", "failed-1"]);
});
