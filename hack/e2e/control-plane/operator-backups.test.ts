import type { PlatformBackup } from "@profile-platform/crds";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "../support/eventually.ts";
import { children, condition, getPlatform, objectKey, platformManifest, waitReady } from "../support/platform.ts";
import { runToEnd } from "../support/run-to-end.ts";
import { type Kubelet, startKubelet } from "./support/kubelet.ts";
import { type OperatorBench, startOperatorBench } from "./support/operator-bench.ts";

const CLI = "operator/bin/profileplatform";

let bench: OperatorBench;
let kubelet: Kubelet;

beforeAll(async () => {
  bench = await startOperatorBench();
  kubelet = startKubelet(bench.kubectl.kubeconfig);
  await bench.startOperator();
});

afterAll(async () => {
  await kubelet?.stop();
  await bench?.stop();
});

const manifest = (name: string, postgresql: Readonly<Record<string, unknown>>, more = {}) =>
  platformManifest(name, { namespacePrefix: `${name}-`, postgresql, ...more });

const backupOf = (name: string, platform: string, spec = {}) => ({
  apiVersion: "profileplatform.io/v1alpha1",
  kind: "PlatformBackup",
  metadata: { name },
  spec: { platform, ...spec },
});

async function backupsOf(platform: string): Promise<readonly PlatformBackup[]> {
  const text = await bench.kubectl.run(["get", "platformbackups", "-o", "json"]);
  return (JSON.parse(text) as { items: PlatformBackup[] }).items.filter(({ spec }) => spec.platform === platform);
}

async function untilPhase(name: string, phase: string): Promise<PlatformBackup> {
  return eventually(
    async () => {
      const found = (await bench.kubectl.get("platformbackup", name)) as unknown as PlatformBackup | undefined;
      if (found?.status?.phase === phase) return found;
      throw new Error(`it is ${found?.status?.phase ?? "not begun"}: ${found?.status?.message ?? ""}`);
    },
    { what: `PlatformBackup ${name} is ${phase}`, timeoutMs: 30_000 },
  );
}

const OF_BACKUPS = /postgresql-(repository|backup|archiving|stanza)/;

test("backups come with the field, the first is made at once, and nothing but the passphrase stays when it goes", async () => {
  const { kubectl } = bench;
  await kubectl.apply(manifest("comes", {}));
  await waitReady(kubectl, "comes", 60_000);
  const before = (await children(kubectl, "comes")).map(objectKey);
  expect(before.filter((key) => OF_BACKUPS.test(key))).toEqual([]);
  expect(condition(await getPlatform(kubectl, "comes"), "BackupHealthy")).toBeUndefined();

  await kubectl.apply(manifest("comes", { backup: {} }));
  await eventually(
    async () => {
      const platform = await getPlatform(kubectl, "comes");
      expect(condition(platform, "BackupHealthy")).toMatchObject({ status: "True", reason: "BackupSucceeded" });
      expect(condition(platform, "ArchivingHealthy")).toMatchObject({ status: "Unknown" });
      expect(platform?.status?.postgresql?.lastBackup).toMatchObject({ type: "full", sizeBytes: 2000 });
      return true;
    },
    { what: "the first backup is in the status", timeoutMs: 60_000 },
  );
  const [first, ...others] = await backupsOf("comes");
  expect(others).toEqual([]);
  expect(first?.metadata.name).toMatch(/^comes-\d{12}$/);
  expect(first?.status).toMatchObject({ phase: "Succeeded", repositorySizeBytes: 200 });
  const made = (await children(kubectl, "comes")).map(objectKey).filter((key) => OF_BACKUPS.test(key));
  expect(made.map((key) => key.replace(/-[0-9a-f]{10}$/, "-…")).sort()).toEqual([
    "ConfigMap comes-data-layer/postgresql-archiving",
    "ConfigMap comes-data-layer/postgresql-backup",
    "ConfigMap comes-data-layer/postgresql-repository",
    "Job comes-data-layer/postgresql-stanza-…",
    "NetworkPolicy comes-data-layer/postgresql-backup",
    "NetworkPolicy comes-data-layer/postgresql-repository",
    "Secret comes-data-layer/postgresql-repository-credentials",
    "Secret comes-data-layer/postgresql-repository-tls-credentials",
    "Service comes-data-layer/postgresql-repository-members",
    "ServiceAccount comes-data-layer/postgresql-backup",
    "ServiceAccount comes-data-layer/postgresql-repository",
    "StatefulSet comes-data-layer/postgresql-repository",
  ]);

  await kubectl.apply(manifest("comes", {}));
  await eventually(
    async () => {
      const left = (await children(kubectl, "comes")).map(objectKey);
      expect(left.sort()).toEqual([...before, "Secret comes-data-layer/postgresql-repository-credentials"].sort());
      const platform = await getPlatform(kubectl, "comes");
      expect(condition(platform, "BackupHealthy")).toBeUndefined();
      expect(platform?.status?.postgresql?.lastBackup).toBeUndefined();
      return true;
    },
    { what: "what is left is what was before", timeoutMs: 60_000 },
  );
});

test("one by kubectl, and one by the command, are made one after the other", async () => {
  const { kubectl } = bench;
  await kubectl.apply(manifest("asked", { backup: {} }));
  await waitReady(kubectl, "asked", 60_000);
  await kubectl.apply(backupOf("by-hand", "asked", { type: "incremental" }));
  const byCommand = await runToEnd(CLI, [
    "backup", "asked", "--type", "differential", "--wait", "--kubeconfig", kubectl.kubeconfig,
  ]); // biome-ignore format: one call
  expect(byCommand).toMatchObject({ code: 0, stdout: expect.stringMatching(/^PlatformBackup asked-\w+ created\n/) });
  expect(byCommand.stdout).toContain("Succeeded: 20260101-000000F, 2000 bytes, 200 in the repository\n");
  await untilPhase("by-hand", "Succeeded");
  const jobs = await kubectl.list("jobs", "profileplatform.io/backup");
  const ofAsked = jobs.filter(({ metadata }) => metadata.namespace === "asked-data-layer");
  expect(ofAsked.length).toBe(3);
  // They go with their backup, and that with its platform.
  expect(ofAsked.map(({ metadata }) => metadata.ownerReferences?.[0]?.kind)).toEqual(Array(3).fill("PlatformBackup"));
});

test("of an unknown platform, and of one without backups, they are refused with a sentence", async () => {
  const { kubectl } = bench;
  await kubectl.apply(manifest("without", {}));
  await waitReady(kubectl, "without", 60_000);
  await kubectl.apply(backupOf("of-none", "no-such-platform"));
  await kubectl.apply(backupOf("of-plain", "without"));
  expect((await untilPhase("of-none", "Failed")).status?.message).toBe(
    'there is no ProfilePlatform "no-such-platform": see kubectl get profileplatforms, and create another PlatformBackup',
  );
  expect((await untilPhase("of-plain", "Failed")).status?.message).toBe(
    'ProfilePlatform "without" makes no backups: set spec.postgresql.backup, and create another PlatformBackup',
  );
  const refused = await runToEnd(CLI, ["backup", "without", "--kubeconfig", kubectl.kubeconfig]);
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining("makes no backups") });
});

test("what a backup is of cannot be changed", async () => {
  const { kubectl } = bench;
  const refused = await kubectl.try(["apply", "-f", "-"], JSON.stringify(backupOf("of-none", "without")));
  expect(refused.code).not.toBe(0);
  expect(refused.stderr).toContain("cannot be changed, because the backup may have been made by now");
});

test("a platform that is deleted takes its backups along", async () => {
  const { kubectl } = bench;
  await kubectl.apply(manifest("goes", { backup: {} }, { deletionPolicy: "Delete" }));
  await waitReady(kubectl, "goes", 60_000);
  await kubectl.apply(backupOf("goes-by-hand", "goes"));
  await untilPhase("goes-by-hand", "Succeeded");
  await kubectl.run(["delete", "profileplatform", "goes", "--wait=false"]);
  await eventually(
    async () => {
      await kubectl.try([
        "delete",
        "pods",
        "--all",
        "-n",
        "goes-data-layer",
        "--force",
        "--grace-period=0",
        "--wait=false",
      ]);
      expect(await backupsOf("goes")).toEqual([]);
      expect((await children(kubectl, "goes")).map(objectKey)).toEqual([]);
      return true;
    },
    { what: "nothing is left of it", timeoutMs: 90_000 },
  );
});
