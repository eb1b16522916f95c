import type { V1ServicePort, V1ServiceSpec } from "@kubernetes/client-node";
import type { KubernetesObject } from "../../kubernetes.ts";
import { selectorLabels } from "../../labels.ts";
import type { PlatformModel } from "../model.ts";
import { objectMeta, type Place } from "./place.ts";

/** Service of a component's pods, by the component's name unless another is given. Target ports are found by name. */
export function service(
  model: PlatformModel,
  place: Place,
  options: {
    readonly name?: string;
    readonly ports: Readonly<Record<string, number>>;
    readonly spec?: Partial<V1ServiceSpec>;
  },
): KubernetesObject {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: objectMeta(model, place, options.name === undefined ? {} : { name: options.name }),
    spec: {
      type: "ClusterIP",
      selector: selectorLabels(model.name, place.name),
      ports: servicePorts(options.ports),
      ...options.spec,
    },
  };
}

/**
 * Headless Service that gives the pods of a StatefulSet names of their own, from before they are ready: members find
 * each other while they start.
 */
export function membersService(
  model: PlatformModel,
  place: Place,
  ports: Readonly<Record<string, number>>,
): KubernetesObject {
  return service(model, place, {
    name: membersServiceName(place),
    ports,
    spec: { clusterIP: "None", publishNotReadyAddresses: true },
  });
}

export function membersServiceName(place: Place): string {
  return `${place.name}-members`;
}

export function servicePorts(ports: Readonly<Record<string, number>>): V1ServicePort[] {
  return Object.entries(ports).map(([name, port]) => ({ name, port, targetPort: name, protocol: "TCP" }));
}
