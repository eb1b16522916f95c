import type { KubernetesObject } from "../../../kubernetes.ts";
import { objectMeta } from "../../kit/place.ts";
import type { PlatformModel } from "../../model.ts";
import { authSettings } from "../auth/settings.ts";
import { replicaSettings, serviceSettings } from "../environment.ts";
import { changedVariables, serverVariables } from "../variables.ts";
import { PLACE, PORTS } from "./place.ts";

export function configData(model: PlatformModel): Record<string, string> {
  return {
    SERVER_PORT: String(PORTS.http),
    METRICS_PORT: String(PORTS.metrics),
    ...serviceSettings(model),
    ...replicaSettings(model),
    ...changedVariables(model, serverVariables),
    ...authSettings(model),
  };
}

export function configMap(model: PlatformModel): KubernetesObject {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: objectMeta(model, PLACE), data: configData(model) };
}
