import type { V1PodTemplateSpec } from "@kubernetes/client-node";
import type { Resources } from "@profile-platform/crds";
import { selectorLabels } from "../../../labels.ts";
import { secretEnv } from "../../kit/env.ts";
import { container, podTemplate } from "../../kit/pod.ts";
import { configVolume, scratchVolume } from "../../kit/volumes.ts";
import type { PlatformModel } from "../../model.ts";
import { CONFIG_DIRECTORY, PLACE as REPOSITORY, VOLUME_DIRECTORY } from "../postgresql-repository/place.ts";
import { TLS_MOUNT, tlsVolume } from "../postgresql-repository/tls-volume.ts";
import { CONFIG_MAP_NAME } from "./configuration.ts";
import { PLACE } from "./place.ts";

/** What it copies passes through; PostgreSQL's side compresses and encrypts. */
export const RESOURCES: Resources = {
  requests: { cpu: "100m", memory: "128Mi" },
  limits: { cpu: "500m", memory: "512Mi" },
};

/**
 * A pod that works on the repository. pgBackRest makes backups on the repository's host alone, so the pod has its volume,
 * which is attached to one node at a time as a rule: the pod runs on the node where the repository does.
 */
export function repositoryPod(
  model: PlatformModel,
  command: readonly string[],
  metadata: {
    readonly annotations?: Readonly<Record<string, string>>;
    /** Those of every object of the component unless others are given. */
    readonly labels?: Record<string, string>;
  } = {},
): V1PodTemplateSpec {
  const { annotations = {}, labels } = metadata;
  return podTemplate(model, PLACE, {
    annotations,
    ...(labels === undefined ? {} : { labels }),
    spec: {
      restartPolicy: "Never",
      affinity: {
        podAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [
            {
              topologyKey: "kubernetes.io/hostname",
              labelSelector: { matchLabels: selectorLabels(model.name, REPOSITORY.name) },
            },
          ],
        },
      },
      containers: [
        container({
          name: "pgbackrest",
          image: model.images.postgresql,
          command: [...command],
          env: [secretEnv("PGBACKREST_REPO1_CIPHER_PASS", "postgresql-repository", "passphrase")],
          resources: RESOURCES,
          volumeMounts: [
            { name: "repository", mountPath: VOLUME_DIRECTORY },
            { name: "configuration", mountPath: CONFIG_DIRECTORY, readOnly: true },
            TLS_MOUNT,
            { name: "tmp", mountPath: "/tmp" },
          ],
        }),
      ],
      volumes: [
        { name: "repository", persistentVolumeClaim: { claimName: `data-${REPOSITORY.name}-0` } },
        configVolume("configuration", CONFIG_MAP_NAME),
        tlsVolume("repository"),
        scratchVolume("tmp", "64Mi"),
      ],
    },
  });
}
