import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { PlatformBackup } from "@profile-platform/crds";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { eventually } from "../../support/eventually.ts";
import { Kubectl } from "../../support/kubectl.ts";
import { condition, getPlatform, platformManifest, waitReady } from "../../support/platform.ts";
import { runToEnd } from "../../support/run-to-end.ts";

const kubectl = new Kubectl(inject("kubeconfig"));

const NAME = "backed-up";
const NAMESPACE = "backed-up-data-layer";
const DOCUMENT = join(import.meta.dirname, "../../../../docs/backups.md");

/** Other platforms are on the nodes as well, and a pod to restore into has to find a place. */
const resources = { requests: { cpu: "50m", memory: "64Mi" }, limits: { cpu: "1", memory: "512Mi" } };

const manifest = (schedule: string) =>
  platformManifest(NAME, {
    namespacePrefix: "backed-up-",
    deletionPolicy: "Delete",
    server: { replicas: 1, resources },
    worker: { resources },
    redis: { resources },
    rabbitmq: { resources },
    postgresql: { resources, backup: { schedule, retention: { full: 2 } } },
  });

async function backups(): Promise<readonly PlatformBackup[]> {
  const text = await kubectl.run(["get", "platformbackups", "-o", "json"]);
  const { items } = JSON.parse(text) as { readonly items: readonly PlatformBackup[] };
  return items.filter(({ spec }) => spec.platform === NAME);
}

async function ended(name: string): Promise<PlatformBackup> {
  return eventually(
    async () => {
      const backup = (await kubectl.get("platformbackup", name)) as unknown as PlatformBackup | undefined;
      const { phase, message } = backup?.status ?? {};
      if (backup !== undefined && (phase === "Succeeded" || phase === "Failed")) return backup;
      throw new Error(`it is ${phase ?? "not begun"}: ${message ?? ""}`);
    },
    { what: `PlatformBackup ${name} has ended`, timeoutMs: 180_000, everyMs: 500 },
  );
}

const inside = (pod: string, container: string, ...command: readonly string[]) =>
  kubectl.run(["exec", "-n", NAMESPACE, pod, "-c", container, "--", ...command]);

const sql = async (statement: string): Promise<string> => {
  const options = ["--username=postgres", "--dbname=profiles", "--tuples-only", "--no-align", "--quiet"];
  return (await inside("postgresql-0", "postgresql", "psql", ...options, `--command=${statement}`)).trim();
};

async function conditionIs(type: string, status: string, timeoutMs: number): Promise<string> {
  return eventually(
    async () => {
      const found = condition(await getPlatform(kubectl, NAME), type);
      if (found?.status === status) return found.message;
      throw new Error(`it is ${found?.status ?? "not there"}: ${found?.message ?? ""}`);
    },
    { what: `${type} is ${status}`, timeoutMs, everyMs: 500 },
  );
}

/** The commands of a section of the document as they stand there, with other values for its variables. */
async function commandsOf(section: string, values: Readonly<Record<string, string>>): Promise<string> {
  const document = await readFile(DOCUMENT, "utf8");
  const [, text = ""] = document.split(`## ${section}\n`);
  const blocks = [...text.split("\n## ")[0]!.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block]) => block);
  expect(blocks.length).toBeGreaterThan(0);
  return Object.entries(values).reduce((script, [name, value]) => {
    const assignment = new RegExp(`^${name}=.*$`, "m");
    expect(script).toMatch(assignment);
    return script.replace(assignment, `${name}='${value}'`);
  }, blocks.join("\n"));
}

/** One platform, whose tests build on each other. */
describe("backups of PostgreSQL", () => {
  beforeAll(async () => {
    // Once a year: the first one is made at once all the same.
    await kubectl.apply(manifest("0 0 1 1 *"));
    await waitReady(kubectl, NAME, 300_000);
  }, 330_000);

  afterAll(async () => {
    await kubectl.run([
      "delete",
      "profileplatform",
      NAME,
      "--cascade=foreground",
      "--timeout=180s",
      "--ignore-not-found",
    ]);
    expect(await backups()).toEqual([]);
  }, 200_000);

  test("the first backup is made by itself, and the log is archived", async () => {
    const first = await eventually(async () => (await backups())[0], { what: "a first backup", timeoutMs: 30_000 });
    const { status } = await ended(first.metadata.name);
    expect(status).toMatchObject({ phase: "Succeeded", type: "full" });
    await conditionIs("ArchivingHealthy", "True", 60_000);
    await conditionIs("BackupHealthy", "True", 60_000);
    const platform = await getPlatform(kubectl, NAME);
    expect(platform?.status?.postgresql).toMatchObject({
      lastBackup: { name: first.metadata.name, label: status?.label },
      recoverableFrom: status?.finishedAt,
    });
  });

  test("one by kubectl is made, with its real sizes", async () => {
    await sql("CREATE TABLE kept AS SELECT n, 'canary ' || n AS text FROM generate_series(1, 1000) n");
    await kubectl.run(["create", "-f", "-"], JSON.stringify({
      apiVersion: "profileplatform.io/v1alpha1",
      kind: "PlatformBackup",
      metadata: { name: "by-hand" },
      spec: { platform: NAME, type: "incremental" },
    })); // biome-ignore format: one call
    const { status } = await ended("by-hand");
    expect(status).toMatchObject({ phase: "Succeeded", type: "incremental" });
    const size = Number(await sql("SELECT sum(pg_database_size(datname)) FROM pg_database"));
    // Beside the databases there is what they share.
    expect(status?.sizeBytes).toBeGreaterThan(size * 0.9);
    expect(status?.sizeBytes).toBeLessThan(size * 1.2);
    expect(status?.repositorySizeBytes).toBeGreaterThan(0);
    expect(status?.repositorySizeBytes).toBeLessThan(status?.sizeBytes ?? 0);
    expect(status?.walStart).toMatch(/^[0-9A-F]{24}$/);
    expect((status?.walStop ?? "") >= (status?.walStart ?? "x")).toBe(true);
  });

  test("everything in the repository is encrypted", async () => {
    // Each file begins with the mark of what OpenSSL has encrypted with a salt; -print0 is for any name.
    const script =
      'find /var/lib/pgbackrest/repository -type f -print0 | while IFS= read -r -d "" file; do ' +
      'echo "$(head -c 8 "$file" | tr -d "\\0") $file"; done';
    const files = (await inside("postgresql-repository-0", "pgbackrest", "bash", "-c", script)).trim().split("\n");
    expect(files.length).toBeGreaterThan(3);
    expect(files.filter((line) => !line.startsWith("Salted__ "))).toEqual([]);
  });

  test("the commands of the document bring back what was dropped, as it was a moment before", async () => {
    await sql("INSERT INTO kept SELECT n, 'after the backup' FROM generate_series(1001, 1010) n");
    const target = await sql("SELECT now()");
    // What comes after the target in the log tells that it was reached.
    await sql("SELECT pg_sleep(1)");
    await sql("DROP TABLE kept");
    await sql("SELECT pg_switch_wal()");
    await eventually(
      async () =>
        (await sql("SELECT count(*) FROM pg_ls_archive_statusdir() WHERE name LIKE '%.ready'")) === "0" || undefined,
      { what: "the log is archived", timeoutMs: 60_000 },
    );
    const script = await commandsOf("Restore by hand", { namespace: NAMESPACE, target, table: "kept" });
    const { code, stderr, stdout } = await runToEnd("bash", ["-euo", "pipefail", "-c", script], {
      env: { KUBECONFIG: kubectl.kubeconfig },
    });
    expect(code, `${stdout}\n${stderr}`).toBe(0);
    expect(await sql("SELECT count(*), max(n) FROM kept")).toBe("1010|1010");
    expect(await sql("SELECT text FROM kept WHERE n = 7")).toBe("canary 7");
  }, 240_000);

  test("the schedule makes one, and those that are not kept go", async () => {
    const before = new Set((await backups()).map(({ metadata }) => metadata.name));
    await kubectl.apply(manifest("* * * * *"));
    const made = await eventually(async () => (await backups()).find(({ metadata }) => !before.has(metadata.name)), {
      what: "a scheduled backup",
      timeoutMs: 90_000,
    });
    expect(made.spec.type).toBe("full");
    expect((await ended(made.metadata.name)).status?.phase).toBe("Succeeded");
    // Of two full ones that are kept, the first is one until the next has been made.
    await eventually(async () => (await backups()).every(({ metadata }) => metadata.name !== "by-hand") || undefined, {
      what: "what pgBackRest has removed is gone",
      timeoutMs: 180_000,
    });
    await kubectl.apply(manifest("0 0 1 1 *"));
  }, 300_000);

  test("that the log cannot be archived is told of with the reason, and ends by itself", async () => {
    const change = (mode: string) =>
      inside("postgresql-repository-0", "pgbackrest", "chmod", "-R", mode, "/var/lib/pgbackrest/repository/archive");
    await change("u-w");
    await sql("CREATE TABLE later (n int)");
    await sql("SELECT pg_switch_wal()");
    expect(await conditionIs("ArchivingHealthy", "False", 120_000)).toMatch(/cannot be archived: .*Permission denied/);
    expect(condition(await getPlatform(kubectl, NAME), "Ready")?.status).toBe("True");
    expect((await getPlatform(kubectl, NAME))?.status?.postgresql?.archiveFailures).toBeGreaterThan(0);
    await change("u+w");
    await conditionIs("ArchivingHealthy", "True", 180_000);
    const events = await kubectl.run(["events", "--for", `profileplatform/${NAME}`, "-n", "default"]);
    expect(events).toContain("ArchivingFailing");
    expect(events).toContain("ArchivingRecovered");
  });

  test("one of a platform that there is not is refused with a sentence", async () => {
    await kubectl.apply({
      apiVersion: "profileplatform.io/v1alpha1",
      kind: "PlatformBackup",
      metadata: { name: "of-nothing" },
      spec: { platform: "no-such-platform" },
    });
    const { status } = await ended("of-nothing");
    expect(status).toMatchObject({ phase: "Failed" });
    expect(status?.message).toContain('there is no ProfilePlatform "no-such-platform"');
    await kubectl.run(["delete", "platformbackup", "of-nothing"]);
  });
});
