import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { postgresBinaries } from "@profile-platform/runtime/test/postgres";
import { expect, test } from "vitest";
import { preparePostgresql } from "./postgresql.ts";

test.runIf(postgresBinaries() !== undefined)("data of a version that is not installed is left alone", async () => {
  const folder = mkdtempSync(join(tmpdir(), "dev-postgresql-"));
  mkdirSync(join(folder, "data"));
  writeFileSync(join(folder, "data/PG_VERSION"), "9.6\n");
  const prepared = preparePostgresql({
    folder,
    port: 5432,
    password: "none",
    user: undefined,
    signal: new AbortController().signal,
  });
  await expect(prepared).rejects.toThrow(
    /was made by PostgreSQL 9\.6, which is not installed: install postgresql-9\.6/,
  );
  rmSync(folder, { recursive: true });
});
