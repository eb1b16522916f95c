import type { V1PodTemplateSpec } from "@kubernetes/client-node";
import type { Resources } from "@profile-platform/crds";
import type { KubernetesObject } from "../../../kubernetes.ts";
import { databaseJob, ofDatabase } from "../../kit/database-job.ts";
import { env } from "../../kit/env.ts";
import { shortHash } from "../../kit/hash.ts";
import { container, podTemplate } from "../../kit/pod.ts";
import { scratchVolume } from "../../kit/volumes.ts";
import type { PlatformModel } from "../../model.ts";
import { databaseCredentials, databaseSettings } from "../environment.ts";
import { PLACE } from "./place.ts";

/** Not the server's amounts: a change of those is no reason to migrate again. */
export const RESOURCES: Resources = {
  requests: { cpu: "200m", memory: "256Mi" },
  limits: { cpu: "500m", memory: "512Mi" },
};

/** A Job cannot be changed, so each version of its pod is a Job of its own. */
export function jobName(model: PlatformModel): string {
  return `${PLACE.name}-${shortHash(migrationsPod(model))}`;
}

export function job(model: PlatformModel): KubernetesObject {
  return databaseJob(model, PLACE, jobName(model), migrationsPod(model));
}

/**
 * Names no content id: a password that was made anew is read by the next attempt, and is no reason to migrate again. A
 * database that was made anew is one.
 */
function migrationsPod(model: PlatformModel): V1PodTemplateSpec {
  return podTemplate(model, PLACE, {
    annotations: ofDatabase(model),
    spec: {
      // Each attempt is a pod of its own, and its log stays.
      restartPolicy: "Never",
      containers: [
        container({
          name: "migrations",
          image: model.images.runtime,
          command: ["node", "/app/migrate.mjs"],
          env: [
            ...Object.entries(databaseSettings(model)).map(([name, value]) => env(name, value)),
            ...databaseCredentials(),
          ],
          resources: RESOURCES,
          volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
        }),
      ],
      volumes: [scratchVolume("tmp", "64Mi")],
    },
  });
}
