import { expect, test } from "vitest";
import { backupOf, madeAt } from "../../backups/testing.ts";
import type { ApiRequest } from "../../engine/client/api-client.ts";
import { ApiError } from "../../engine/client/api-error.ts";
import { describeEnd, describeProgress } from "./command.ts";
import { createBackup, readBackup } from "./make-backup.ts";

const notFound = new ApiError({ status: 404, reason: "NotFound", message: "not found" });

/** A cluster with platforms, each with backups or without; it answers a creation with what was sent. */
function cluster(platforms: Readonly<Record<string, boolean>>) {
  const created: unknown[] = [];
  const items = Object.entries(platforms).map(([name, backed]) => ({
    metadata: { name },
    spec: { postgresql: backed ? { backup: {} } : {} },
  }));
  const request = async ({ method, path, body }: ApiRequest): Promise<unknown> => {
    if (method === "POST") {
      created.push(body);
      return { ...(body as object), metadata: { name: "made" } };
    }
    if (path.endsWith("/profileplatforms")) return { items };
    throw notFound;
  };
  return { created, client: { request: request as <T>(request: ApiRequest) => Promise<T> } };
}

test("a backup of the only platform is created", async () => {
  const { client, created } = cluster({ demo: true });
  expect((await createBackup(client, { platform: undefined, type: "differential" })).metadata.name).toBe("made");
  expect(created).toEqual([
    {
      apiVersion: "profileplatform.io/v1alpha1",
      kind: "PlatformBackup",
      metadata: { generateName: "demo-" },
      spec: { platform: "demo", type: "differential" },
    },
  ]);
});

test.each([
  [{}, undefined, "There is no platform yet"],
  [{ one: true, two: true }, undefined, "There are several platforms: name one of one, two."],
  [{ one: true }, "other", 'There is no platform "other" in this cluster; there is one.'],
  [{ one: false }, "one", 'Platform "one" makes no backups: set spec.postgresql.backup'],
])("of %o, %s is refused with what to do, and nothing is created", async (platforms, platform, sentence) => {
  const { client, created } = cluster(platforms);
  await expect(createBackup(client, { platform, type: "full" })).rejects.toThrow(sentence);
  expect(created).toEqual([]);
});

test("one that was deleted while it was waited for is told of", async () => {
  await expect(readBackup(cluster({}).client, "gone")).rejects.toThrow("PlatformBackup gone was deleted");
});

test("how it stands is told in a line", () => {
  expect(describeProgress(backupOf("one"))).toBe("Pending\n");
  expect(describeProgress(backupOf("one", { phase: "Pending", message: "waits for two" }))).toBe(
    "Pending: waits for two\n",
  );
  expect(describeProgress(backupOf("one", { phase: "Running", job: "data-layer/x" }))).toBe(
    "Running: Job data-layer/x\n",
  );
  expect(describeEnd(backupOf("one", madeAt("2026-11-29T03:00:00Z")))).toBe(
    "Succeeded: 20261129-030000F, 1000 bytes, 100 in the repository\n",
  );
  expect(describeEnd(backupOf("one", { phase: "Failed", message: "no space" }))).toBe("Failed: no space\n");
});
