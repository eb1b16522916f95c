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
import { SHUTDOWN_GRACE_SECONDS, serviceContentIds, serviceCredentials } from "../environment.ts";
import { configData } from "./config-map.ts";
import { PLACE, PORTS } from "./place.ts";

export function deployment(model: PlatformModel): KubernetesObject {
  const spec: V1DeploymentSpec = {
    replicas: model.worker.replicas,
    revisionHistoryLimit: 3,
    progressDeadlineSeconds: 600,
    strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
    selector: { matchLabels: selectorLabels(model.name, PLACE.name) },
    template: workerPod(model),
  };
  return { apiVersion: "apps/v1", kind: "Deployment", metadata: objectMeta(model, PLACE), spec };
}

function workerPod(model: PlatformModel): V1PodTemplateSpec {
  return podTemplate(model, PLACE, {
    annotations: {
      [ANNOTATION_CONFIG_HASH]: shortHash(configData(model)),
      [ANNOTATION_CONTENT_ID]: serviceContentIds(model),
      ...scrapeAnnotations(PORTS.metrics),
    },
    spec: {
      // Tasks come from the queue, not through a Service: nothing has to be drained before the worker hears of its end.
      terminationGracePeriodSeconds: SHUTDOWN_GRACE_SECONDS + 10,
      topologySpreadConstraints: spread(model, PLACE),
      containers: [
        container({
          name: "worker",
          image: model.images.runtime,
          command: ["node", "/app/worker.mjs"],
          ports: PORTS,
          envFrom: [{ configMapRef: { name: PLACE.name } }],
          env: serviceCredentials(model),
          ...probes(model.worker.probes, {
            liveness: httpProbe("http", "/health"),
            readiness: httpProbe("http", "/ready"),
          }),
          resources: model.worker.resources,
          volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
        }),
      ],
      volumes: [scratchVolume("tmp", "64Mi")],
    },
  });
}
