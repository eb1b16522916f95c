import type { KubernetesObject } from "../../../kubernetes.ts";
import { objectMeta } from "../../kit/place.ts";
import type { PlatformModel } from "../../model.ts";
import { serviceSettings } from "../environment.ts";
import { changedVariables, workerVariables } from "../variables.ts";
import { PLACE, PORTS } from "./place.ts";

export function configData(model: PlatformModel): Record<string, string> {
  return {
    WORKER_PORT: String(PORTS.http),
    METRICS_PORT: String(PORTS.metrics),
    WORKER_CONCURRENCY: String(model.worker.concurrency),
    ...serviceSettings(model),
    ...changedVariables(model, workerVariables),
  };
}

export function configMap(model: PlatformModel): KubernetesObject {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: objectMeta(model, PLACE), data: configData(model) };
}
