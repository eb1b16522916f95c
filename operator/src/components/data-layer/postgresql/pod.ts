import type { V1Container, V1PodTemplateSpec } from "@kubernetes/client-node";
import { ANNOTATION_CONFIG_HASH, ANNOTATION_CONTENT_ID } from "../../../labels.ts";
import { credentialSecretName } from "../../kit/credential-secret.ts";
import { env, fieldEnv, secretEnv } from "../../kit/env.ts";
import { shortHash } from "../../kit/hash.ts";
import { container, podTemplate, spread } from "../../kit/pod.ts";
import { execProbe, httpProbe, probes } from "../../kit/probes.ts";
import { configVolume, memoryVolume, scratchVolume } from "../../kit/volumes.ts";
import type { PlatformModel } from "../../model.ts";
import { archivingData } from "./archiving/config-map.ts";
import { archivingContainers, archivingContentIds, archivingMounts, archivingVolumes } from "./archiving/container.ts";
import { CONFIG_MAP_NAME, configDataInEffect } from "./config-map.ts";
import {
  CONFIG_DIRECTORY,
  CREDENTIALS_DIRECTORY,
  PLACE,
  PORTS,
  ROLES,
  RUN_DIRECTORY,
  VOLUME_DIRECTORY,
} from "./place.ts";

/** A hung instance does not end when it is asked to, so there is nothing to wait for as long as a clean stop may take. */
const HUNG_GRACE_SECONDS = 10;

export function postgresqlPod(model: PlatformModel): V1PodTemplateSpec {
  return podTemplate(model, PLACE, {
    annotations: {
      [ANNOTATION_CONFIG_HASH]: shortHash({ ...configDataInEffect(model), ...archivingData(model) }),
      [ANNOTATION_CONTENT_ID]: [model.credentials.postgresql.contentId, ...archivingContentIds(model)].join("."),
    },
    spec: {
      // Patroni keeps its state in the Kubernetes API.
      automountServiceAccountToken: true,
      // Time for the last checkpoint of a clean stop; a replica takes over as soon as it is done.
      terminationGracePeriodSeconds: 120,
      topologySpreadConstraints: spread(model, PLACE),
      containers: [postgresqlContainer(model), ...archivingContainers(model)],
      volumes: [
        configVolume("configuration", CONFIG_MAP_NAME),
        { name: "credentials", secret: { secretName: credentialSecretName("postgresql"), defaultMode: 0o440 } },
        memoryVolume("run", "16Mi"),
        // Parallel queries share memory here, and the container runtime's default of 64 MiB is soon used up.
        memoryVolume("shared-memory", "128Mi"),
        scratchVolume("tmp", "256Mi"),
        ...archivingVolumes(model),
      ],
    },
  });
}

function postgresqlContainer(model: PlatformModel): V1Container {
  return container({
    name: "postgresql",
    image: model.images.postgresql,
    command: ["patroni", `${CONFIG_DIRECTORY}/patroni.yml`],
    ports: PORTS,
    env: [
      fieldEnv("POD_IP", "status.podIP"),
      fieldEnv("PATRONI_NAME", "metadata.name"),
      fieldEnv("PATRONI_KUBERNETES_POD_IP", "status.podIP"),
      env("PATRONI_POSTGRESQL_CONNECT_ADDRESS", `$(POD_IP):${PORTS.postgresql}`),
      env("PATRONI_RESTAPI_CONNECT_ADDRESS", `$(POD_IP):${PORTS.patroni}`),
      // Whoever may call the REST API can restart the database; reading it stays open, for the probes.
      env("PATRONI_RESTAPI_USERNAME", "patroni"),
      secretEnv("PATRONI_RESTAPI_PASSWORD", "postgresql", "patroni-password"),
      env("PATRONI_SUPERUSER_USERNAME", ROLES.superuser),
      env("PATRONI_REPLICATION_USERNAME", ROLES.replication),
      secretEnv("PATRONI_REPLICATION_PASSWORD", "postgresql", "replication-password"),
      env("PATRONI_REWIND_USERNAME", ROLES.rewind),
      secretEnv("PATRONI_REWIND_PASSWORD", "postgresql", "rewind-password"),
    ],
    ...probes(model.postgresql.probes, {
      liveness: { ...httpProbe("patroni", "/liveness"), terminationGracePeriodSeconds: HUNG_GRACE_SECONDS },
      // Patroni calls an instance ready for as long as its lock is valid, 20 s after the last word of it.
      readiness: execProbe("pg_isready", "--quiet", "--timeout=3", `--host=${RUN_DIRECTORY}`),
    }),
    resources: model.postgresql.resources,
    volumeMounts: [
      { name: "data", mountPath: VOLUME_DIRECTORY },
      { name: "configuration", mountPath: CONFIG_DIRECTORY, readOnly: true },
      { name: "credentials", mountPath: CREDENTIALS_DIRECTORY, readOnly: true },
      { name: "run", mountPath: RUN_DIRECTORY },
      { name: "shared-memory", mountPath: "/dev/shm" },
      { name: "tmp", mountPath: "/tmp" },
      ...archivingMounts(model),
    ],
  });
}
