import type { V1Container } from "@kubernetes/client-node";
import type { Resources } from "@profile-platform/crds";
import type { KubernetesObject } from "../../../kubernetes.ts";
import { ANNOTATION_CONFIG_HASH, ANNOTATION_CONTENT_ID } from "../../../labels.ts";
import { credentialOf } from "../../kit/credential-secret.ts";
import { secretEnv } from "../../kit/env.ts";
import { shortHash } from "../../kit/hash.ts";
import { container, podTemplate } from "../../kit/pod.ts";
import { execProbe, probes } from "../../kit/probes.ts";
import { statefulSetOf } from "../../kit/stateful-set.ts";
import { configVolume, scratchVolume } from "../../kit/volumes.ts";
import type { BackupModel, PlatformModel } from "../../model.ts";
import { CONFIG_MAP_NAME, configData } from "./configuration.ts";
import { CONFIG_DIRECTORY, PLACE, PORTS, VOLUME_DIRECTORY } from "./place.ts";
import { TLS_MOUNT, tlsVolume } from "./tls-volume.ts";

/** A server takes some memory for each file under way; PostgreSQL's side compresses and encrypts. */
export const RESOURCES: Resources = {
  requests: { cpu: "50m", memory: "64Mi" },
  limits: { cpu: "500m", memory: "256Mi" },
};

export function statefulSet(model: PlatformModel, backup: BackupModel): KubernetesObject {
  const contentIds = (["postgresql-repository", "postgresql-repository-tls"] as const).map(
    (name) => credentialOf(model, name).contentId,
  );
  return statefulSetOf(model, PLACE, {
    replicas: 1,
    storage: backup.volume,
    template: podTemplate(model, PLACE, {
      annotations: {
        [ANNOTATION_CONFIG_HASH]: shortHash(configData(backup)),
        [ANNOTATION_CONTENT_ID]: contentIds.join("."),
      },
      spec: {
        containers: [server(model)],
        volumes: [
          configVolume("configuration", CONFIG_MAP_NAME),
          tlsVolume("repository"),
          scratchVolume("tmp", "64Mi"),
        ],
      },
    }),
  });
}

function server(model: PlatformModel): V1Container {
  return container({
    name: "pgbackrest",
    image: model.images.postgresql,
    command: ["pgbackrest", "server"],
    ports: PORTS,
    env: [secretEnv("PGBACKREST_REPO1_CIPHER_PASS", "postgresql-repository", "passphrase")],
    ...probes(model.postgresql.probes, { liveness: PING, readiness: PING }),
    resources: RESOURCES,
    volumeMounts: [
      { name: "data", mountPath: VOLUME_DIRECTORY },
      { name: "configuration", mountPath: CONFIG_DIRECTORY, readOnly: true },
      TLS_MOUNT,
      { name: "tmp", mountPath: "/tmp" },
    ],
  });
}

/** A handshake, without a word about certificates. */
export const PING = execProbe("pgbackrest", "server-ping", "localhost", "--log-level-console=warn");
