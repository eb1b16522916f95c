import type { V1Container, V1Volume, V1VolumeMount } from "@kubernetes/client-node";
import type { Resources } from "@profile-platform/crds";
import { credentialOf } from "../../../kit/credential-secret.ts";
import { fieldEnv } from "../../../kit/env.ts";
import { container } from "../../../kit/pod.ts";
import { probes } from "../../../kit/probes.ts";
import { configVolume } from "../../../kit/volumes.ts";
import type { PlatformModel } from "../../../model.ts";
import { PING } from "../../postgresql-repository/stateful-set.ts";
import { TLS_MOUNT, tlsVolume } from "../../postgresql-repository/tls-volume.ts";
import { BACKUP_PORTS, RUN_DIRECTORY, VOLUME_DIRECTORY } from "../place.ts";
import { ARCHIVING_CONFIG_MAP } from "./config-map.ts";
import { CONFIG_DIRECTORY, SERVER_SCRIPT } from "./scripts.ts";

/** At rest little more than the server and the script that watches it; a backup reads and compresses in here. */
export const ARCHIVING_RESOURCES: Resources = {
  requests: { cpu: "50m", memory: "64Mi" },
  limits: { cpu: "500m", memory: "256Mi" },
};

/** Beside PostgreSQL: pgBackRest's server, by which a backup reads the data. None without backups. */
export function archivingContainers(model: PlatformModel): readonly V1Container[] {
  if (model.postgresql.backup === undefined) return [];
  return [
    container({
      name: "pgbackrest",
      image: model.images.postgresql,
      command: ["python3", `${CONFIG_DIRECTORY}/${SERVER_SCRIPT}`],
      ports: BACKUP_PORTS,
      env: [fieldEnv("POD_NAME", "metadata.name"), fieldEnv("POD_NAMESPACE", "metadata.namespace")],
      ...probes(model.postgresql.probes, { liveness: PING, readiness: PING }),
      resources: ARCHIVING_RESOURCES,
      volumeMounts: [
        { name: "data", mountPath: VOLUME_DIRECTORY },
        { name: "run", mountPath: RUN_DIRECTORY },
        { name: "tmp", mountPath: "/tmp" },
        ...archivingMounts(model),
      ],
    }),
  ];
}

/** Of the container beside PostgreSQL, and of PostgreSQL's own, which hands over its log itself. */
export function archivingMounts({ postgresql }: PlatformModel): V1VolumeMount[] {
  if (postgresql.backup === undefined) return [];
  return [{ name: "archiving", mountPath: CONFIG_DIRECTORY, readOnly: true }, TLS_MOUNT];
}

export function archivingVolumes({ postgresql }: PlatformModel): V1Volume[] {
  return postgresql.backup === undefined
    ? []
    : [configVolume("archiving", ARCHIVING_CONFIG_MAP), tlsVolume("postgresql")];
}

/** Of what the pods of a platform with backups read beside PostgreSQL's own credentials. */
export function archivingContentIds(model: PlatformModel): readonly string[] {
  return model.postgresql.backup === undefined ? [] : [credentialOf(model, "postgresql-repository-tls").contentId];
}
