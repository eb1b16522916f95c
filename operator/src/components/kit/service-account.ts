import type { KubernetesObject } from "../../kubernetes.ts";
import type { PlatformModel } from "../model.ts";
import { objectMeta, type Place } from "./place.ts";

/** Identity of a component's pods. It mounts no token; a pod that calls the Kubernetes API asks for one itself. */
export function serviceAccount(model: PlatformModel, place: Place): KubernetesObject {
  return {
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: objectMeta(model, place),
    automountServiceAccountToken: false,
  };
}
