import type { V1Job } from "@kubernetes/client-node";
import { expect, test } from "vitest";
import { SAMPLE_BACKUP_MODEL } from "../../testing/sample-model.ts";
import { backupJob, backupJobName } from "./backup-job.ts";
import { configMap } from "./configuration.ts";
import { parseResult } from "./result.ts";
import { stanzaJob, stanzaJobName } from "./stanza-job.ts";

const IDENTITY = { name: "by-hand", uid: "11111111-2222-3333-4444-555555555555" };
const { backup } = SAMPLE_BACKUP_MODEL.postgresql;
if (backup === undefined) throw new Error("the sample has no backups");

const job = (type: "full" | "differential" | "incremental") =>
  backupJob(SAMPLE_BACKUP_MODEL, IDENTITY, { platform: "demo", type }) as unknown as V1Job;

test("a Job carries out one backup on the repository's node, and goes with it", () => {
  const { metadata, spec } = job("differential");
  expect(metadata).toMatchObject({
    name: backupJobName(IDENTITY),
    namespace: "data-layer",
    ownerReferences: [{ kind: "PlatformBackup", ...IDENTITY, controller: true }],
  });
  // With the platform's label it would be removed, as something that the spec does not ask for.
  expect(metadata?.labels).toEqual({
    "app.kubernetes.io/part-of": "profile-platform",
    "app.kubernetes.io/managed-by": "profile-platform-operator",
    "app.kubernetes.io/name": "postgresql-backup",
    "app.kubernetes.io/instance": "demo",
    "profileplatform.io/backup": IDENTITY.uid,
  });
  expect(spec?.template.metadata?.labels).toEqual(metadata?.labels);
  expect(spec).toMatchObject({ backoffLimit: 2, activeDeadlineSeconds: 86_400, ttlSecondsAfterFinished: 86_400 });
  const [container] = spec?.template.spec?.containers ?? [];
  expect(container?.command).toEqual(["python3", "/etc/pgbackrest/backup.py", "diff", IDENTITY.uid]);
  const [near] = spec?.template.spec?.affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  expect(near?.labelSelector?.matchLabels).toMatchObject({ "app.kubernetes.io/name": "postgresql-repository" });
  expect(spec?.template.spec?.volumes?.[0]?.persistentVolumeClaim?.claimName).toBe("data-postgresql-repository-0");
});

test("pgBackRest has words of its own for types", () => {
  const words = (["full", "differential", "incremental"] as const).map(
    (type) => job(type).spec?.template.spec?.containers[0]?.command?.[2],
  );
  expect(words).toEqual(["full", "diff", "incr"]);
});

test("another database is another stanza Job, other backups are not", () => {
  const of = (database: string | undefined) => stanzaJobName({ ...SAMPLE_BACKUP_MODEL, database });
  expect(new Set([of(undefined), of("1"), of("2")]).size).toBe(3);
  const annotations = { "profileplatform.io/database": "1" };
  expect(stanzaJob({ ...SAMPLE_BACKUP_MODEL, database: "1" }).metadata.annotations).toEqual(annotations);
});

test("with replicas, backups read from one of them where they can, and know every instance", () => {
  const of = (instances: number) => {
    const model = { ...SAMPLE_BACKUP_MODEL, postgresql: { ...SAMPLE_BACKUP_MODEL.postgresql, instances } };
    return (configMap(model, backup)["data"] as Readonly<Record<string, string>>)["pgbackrest.conf"];
  };
  expect(of(1)).not.toContain("backup-standby");
  expect(of(1)).not.toContain("pg2-");
  expect(of(3)).toContain("\nbackup-standby=prefer\n");
  expect(of(3)).toContain("\npg3-host=postgresql-2.postgresql-members.data-layer.svc.cluster.local\n");
});

test("what a pod says of its backup is read, or taken for nothing", () => {
  expect(parseResult('{"error":"no space"}')).toEqual({ error: "no space" });
  expect(parseResult('{"label":"20260101-000000F"}')).toEqual({ label: "20260101-000000F" });
  for (const text of ["", "Killed", "{}"]) expect(parseResult(text)).toBeUndefined();
});
