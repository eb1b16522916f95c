import type { KubernetesObject } from "../../../kubernetes.ts";
import { objectMeta } from "../../kit/place.ts";
import type { BackupModel, PlatformModel } from "../../model.ts";
import { writeIni } from "./ini.ts";
import { PARTY, PLACE, STANZA, TLS_DIRECTORY, VOLUME_DIRECTORY } from "./place.ts";

export const CONFIG_MAP_NAME = PLACE.name;

/** What everything says of the repository that has its volume mounted. The passphrase comes through the environment. */
export function repositoryOptions({ retentionFull }: BackupModel): Readonly<Record<string, string | number>> {
  return {
    "repo1-path": `${VOLUME_DIRECTORY}/repository`,
    "repo1-cipher-type": "aes-256-cbc",
    "repo1-retention-full": retentionFull,
    // On the volume, which every pod that works on the repository has mounted: two at once are refused.
    "lock-path": `${VOLUME_DIRECTORY}/lock`,
    ...LOG_OPTIONS,
  };
}

/** The container's log is the only one. */
export const LOG_OPTIONS = { "log-level-file": "off", "log-level-console": "info" } as const;

/** A server of pgBackRest: whom it answers, and as whom. */
export function serverOptions(own: keyof typeof PARTY, other: keyof typeof PARTY): Readonly<Record<string, string>> {
  return {
    "tls-server-address": "*",
    "tls-server-auth": `${PARTY[other]}=${STANZA}`,
    "tls-server-ca-file": `${TLS_DIRECTORY}/ca.crt`,
    "tls-server-cert-file": `${TLS_DIRECTORY}/${own}.crt`,
    "tls-server-key-file": `${TLS_DIRECTORY}/${own}.key`,
  };
}

/** How a host of pgBackRest is called; `option` is `repo1` or `pg1`, and the like. */
export function hostOptions(option: string, host: string, own: keyof typeof PARTY): Readonly<Record<string, string>> {
  return {
    [`${option}-host`]: host,
    [`${option}-host-type`]: "tls",
    [`${option}-host-ca-file`]: `${TLS_DIRECTORY}/ca.crt`,
    [`${option}-host-cert-file`]: `${TLS_DIRECTORY}/${own}.crt`,
    [`${option}-host-key-file`]: `${TLS_DIRECTORY}/${own}.key`,
  };
}

export function configData(backup: BackupModel): Readonly<Record<string, string>> {
  return {
    "pgbackrest.conf": writeIni({
      global: { ...repositoryOptions(backup), ...serverOptions("repository", "postgresql") },
    }),
  };
}

export function configMap(model: PlatformModel, backup: BackupModel): KubernetesObject {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: objectMeta(model, PLACE, { name: CONFIG_MAP_NAME }),
    data: configData(backup),
  };
}
