import type { V1StatefulSet } from "@kubernetes/client-node";
import { expect, test } from "vitest";
import { platformObjects } from "../../../testing/platform-objects.ts";
import { SAMPLE_BACKUP_MODEL, SAMPLE_MODEL } from "../../../testing/sample-model.ts";
import { postgresql } from "../index.ts";
import { serverParameters } from "../parameters.ts";
import { statefulSet } from "../stateful-set.ts";
import { parseArchivingState } from "./state.ts";

const podOf = (model: typeof SAMPLE_MODEL) => {
  const template = (statefulSet(model) as unknown as V1StatefulSet).spec?.template;
  if (template?.spec === undefined) throw new Error("PostgreSQL has no pod");
  const { containers, volumes = [] } = template.spec;
  return { annotations: template.metadata?.annotations ?? {}, containers, volumes };
};

test("without backups there is nothing of them", () => {
  const all = JSON.stringify(platformObjects(SAMPLE_MODEL));
  for (const word of ["pgbackrest", "archiv", "repository", "8432"]) expect(all).not.toContain(word);
});

test("switching backups on adds to PostgreSQL, and takes nothing away", () => {
  const [plain, backed] = [podOf(SAMPLE_MODEL), podOf(SAMPLE_BACKUP_MODEL)];
  const [own, beside, ...others] = backed.containers;
  expect(others).toEqual([]);
  const { volumeMounts = [], ...rest } = plain.containers[0] ?? {};
  expect(own).toMatchObject(rest);
  expect(own?.volumeMounts?.slice(0, volumeMounts.length)).toEqual(volumeMounts);
  expect(own?.volumeMounts?.slice(volumeMounts.length).map(({ name }) => name)).toEqual([
    "archiving",
    "pgbackrest-tls",
  ]);
  expect(beside).toMatchObject({
    name: "pgbackrest",
    command: ["python3", "/etc/pgbackrest/server.py"],
    ports: [{ name: "pgbackrest", containerPort: 8432 }],
  });
  expect(backed.volumes.slice(0, plain.volumes.length)).toEqual(plain.volumes);
  const secret = backed.volumes.find(({ name }) => name === "pgbackrest-tls")?.secret;
  expect(secret?.items?.map(({ key }) => key)).toEqual(["ca.crt", "postgresql.crt", "postgresql.key"]);
});

test("pods restart for other certificates, and for nothing of the repository's", () => {
  const { credentials } = SAMPLE_BACKUP_MODEL;
  const other = (name: "postgresql-repository" | "postgresql-repository-tls") =>
    podOf({ ...SAMPLE_BACKUP_MODEL, credentials: { ...credentials, [name]: { contentId: "other", values: {} } } });
  const { annotations } = podOf(SAMPLE_BACKUP_MODEL);
  expect(other("postgresql-repository").annotations).toEqual(annotations);
  expect(other("postgresql-repository-tls").annotations).not.toEqual(annotations);
});

test("a file of the log waits for a minute at most", () => {
  const { archive_mode, archive_command, archive_timeout } = serverParameters(SAMPLE_BACKUP_MODEL);
  expect({ archive_mode, archive_command, archive_timeout }).toEqual({
    archive_mode: "on",
    archive_command: 'sh /etc/pgbackrest/archive-push.sh "%p"',
    archive_timeout: "60",
  });
});

test("PostgreSQL finds the repository by a name that its certificate has", () => {
  const configMap = postgresql
    .resources(SAMPLE_BACKUP_MODEL)
    .find(({ metadata }) => metadata.name === "postgresql-archiving");
  const text = (configMap?.["data"] as Readonly<Record<string, string>> | undefined)?.["pgbackrest.conf"];
  expect(text).toBe(`[global]
repo1-host=postgresql-repository-members.data-layer.svc.cluster.local
repo1-host-type=tls
repo1-host-ca-file=/etc/pgbackrest-tls/ca.crt
repo1-host-cert-file=/etc/pgbackrest-tls/postgresql.crt
repo1-host-key-file=/etc/pgbackrest-tls/postgresql.key
tls-server-address=*
tls-server-auth=repository=main
tls-server-ca-file=/etc/pgbackrest-tls/ca.crt
tls-server-cert-file=/etc/pgbackrest-tls/postgresql.crt
tls-server-key-file=/etc/pgbackrest-tls/postgresql.key
compress-type=zst
lock-path=/tmp/pgbackrest
log-level-file=off
log-level-console=info
[global:archive-push]
io-timeout=10
log-level-console=warn
[main]
pg1-path=/var/lib/postgresql/data
pg1-socket-path=/run/postgresql
`);
});

test("what the pod says is read, or taken for nothing", () => {
  expect(parseArchivingState('{"failing":true,"failures":3,"message":"m","more":1}')).toEqual({
    failing: true,
    failures: 3,
    message: "m",
  });
  for (const text of [undefined, "", "{", "{}", '{"failing":1,"failures":1,"message":""}']) {
    expect(parseArchivingState(text)).toBeUndefined();
  }
});
