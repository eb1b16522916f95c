import type { V1DeploymentSpec, V1PodTemplateSpec } from "@kubernetes/client-node";
import type { KubernetesObject } from "../../../kubernetes.ts";
import { ANNOTATION_CONFIG_HASH, ANNOTATION_CONTENT_ID, selectorLabels } from "../../../labels.ts";
import { shortHash } from "../../kit/hash.ts";
import { objectMeta } from "../../kit/place.ts";
import { container, podTemplate, spread } from "../../kit/pod.ts";
import { httpProbe, probes } from "../../kit/probes.ts";
import { scrapeAnnotations } from "../../kit/scraping.ts";
import { scratchVolume } from "../../kit/volumes.ts";
import type { PlatformModel } from "../../model.ts";
import { authVolumes } from "../auth/settings.ts";
import { SHUTDOWN_GRACE_SECONDS, serviceContentIds, serviceCredentials } from "../environment.ts";
import { imageStoreCredentials } from "../variables.ts";
import { configData } from "./config-map.ts";
import { PLACE, PORTS } from "./place.ts";

/** Seconds until every node has heard that a pod is ending and sends it no more requests. */
const DRAIN_SECONDS = 5;

export function deployment(model: PlatformModel): KubernetesObject {
  const { autoscaling, replicas } = model.server;
  const spec: V1DeploymentSpec = {
    // The autoscaler owns the number, where there is one.
    ...(autoscaling === undefined ? { replicas } : {}),
    revisionHistoryLimit: 3,
    progressDeadlineSeconds: 600,
    strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
    selector: { matchLabels: selectorLabels(model.name, PLACE.name) },
    template: serverPod(model),
  };
  return { apiVersion: "apps/v1", kind: "Deployment", metadata: objectMeta(model, PLACE), spec };
}

function serverPod(model: PlatformModel): V1PodTemplateSpec {
  const auth = authVolumes(model.auth);
  return podTemplate(model, PLACE, {
    annotations: {
      [ANNOTATION_CONFIG_HASH]: shortHash(configData(model)),
      [ANNOTATION_CONTENT_ID]: serviceContentIds(model),
      ...scrapeAnnotations(PORTS.metrics),
    },
    spec: {
      terminationGracePeriodSeconds: DRAIN_SECONDS + SHUTDOWN_GRACE_SECONDS + 5,
      topologySpreadConstraints: spread(model, PLACE),
      containers: [
        container({
          name: "server",
          image: model.images.runtime,
          command: ["node", "/app/server.mjs"],
          ports: PORTS,
          envFrom: [{ configMapRef: { name: PLACE.name } }],
          env: [...serviceCredentials(model), ...imageStoreCredentials(model.settings)],
          ...probes(model.server.probes, {
            liveness: httpProbe("http", "/health"),
            readiness: httpProbe("http", "/ready"),
          }),
          lifecycle: { preStop: { sleep: { seconds: DRAIN_SECONDS } } },
          resources: model.server.resources,
          volumeMounts: [{ name: "tmp", mountPath: "/tmp" }, ...auth.map(({ mount }) => mount)],
        }),
      ],
      volumes: [scratchVolume("tmp", "64Mi"), ...auth.map(({ volume }) => volume)],
    },
  });
}
