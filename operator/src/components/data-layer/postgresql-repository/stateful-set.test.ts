import { X509Certificate } from "node:crypto";
import type { V1StatefulSet } from "@kubernetes/client-node";
import { expect, test } from "vitest";
import { SAMPLE_BACKUP_MODEL, SAMPLE_MODEL } from "../../testing/sample-model.ts";
import { issueCertificates } from "./certificates.ts";
import { configData } from "./configuration.ts";
import { postgresqlRepository } from "./index.ts";
import { statefulSet } from "./stateful-set.ts";

const { backup } = SAMPLE_BACKUP_MODEL.postgresql;
if (backup === undefined) throw new Error("the sample has no backups");

test("the repository is one pod with a volume of its own, and knows the passphrase", () => {
  const { spec } = statefulSet(SAMPLE_BACKUP_MODEL, backup) as unknown as V1StatefulSet;
  expect(spec).toMatchObject({ replicas: 1, serviceName: "postgresql-repository-members" });
  expect(spec?.volumeClaimTemplates?.[0]?.spec?.resources?.requests).toEqual({ storage: "20Gi" });
  const [container] = spec?.template.spec?.containers ?? [];
  expect(container).toMatchObject({
    command: ["pgbackrest", "server"],
    env: [
      {
        name: "PGBACKREST_REPO1_CIPHER_PASS",
        valueFrom: { secretKeyRef: { name: "postgresql-repository-credentials", key: "passphrase" } },
      },
    ],
  });
  const keys = spec?.template.spec?.volumes?.flatMap(({ secret }) => secret?.items ?? []).map(({ key }) => key);
  expect(keys).toEqual(["ca.crt", "repository.crt", "repository.key"]);
});

test("its configuration", () => {
  expect(configData({ ...backup, retentionFull: 3 })["pgbackrest.conf"]).toBe(`[global]
repo1-path=/var/lib/pgbackrest/repository
repo1-cipher-type=aes-256-cbc
repo1-retention-full=3
lock-path=/var/lib/pgbackrest/lock
log-level-file=off
log-level-console=info
tls-server-address=*
tls-server-auth=postgresql=main
tls-server-ca-file=/etc/pgbackrest-tls/ca.crt
tls-server-cert-file=/etc/pgbackrest-tls/repository.crt
tls-server-key-file=/etc/pgbackrest-tls/repository.key
`);
});

test("there is none without backups", () => {
  expect(postgresqlRepository.enabled(SAMPLE_MODEL)).toBe(false);
  expect(postgresqlRepository.resources(SAMPLE_MODEL)).toEqual([]);
});

test("certificates have the names by which the other side calls, prefix included", () => {
  const namespaces = { ...SAMPLE_MODEL.namespaces, "data-layer": "team-a-data-layer" };
  const issued = issueCertificates({ name: "demo", namespaces }, Date.now());
  const of = (name: string) => new X509Certificate(issued[name] ?? "");
  const [postgresql, repository] = [of("postgresql.crt"), of("repository.crt")];
  expect(postgresql.checkHost("postgresql-2.postgresql-members.team-a-data-layer.svc.cluster.local")).toBeDefined();
  expect(repository.checkHost("postgresql-repository-members.team-a-data-layer.svc.cluster.local")).toBeDefined();
  expect([postgresql.subject, repository.subject]).toEqual(["CN=postgresql", "CN=repository"]);
  expect(repository.verify(of("ca.crt").publicKey)).toBe(true);
});
