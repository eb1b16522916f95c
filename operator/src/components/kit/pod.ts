import type {
  V1Container,
  V1ContainerPort,
  V1PodSecurityContext,
  V1PodSpec,
  V1PodTemplateSpec,
  V1ResourceRequirements,
  V1SecurityContext,
  V1TopologySpreadConstraint,
} from "@kubernetes/client-node";
import type { Resources } from "@profile-platform/crds";
import { selectorLabels } from "../../labels.ts";
import { RUN_AS_ID } from "../../names.ts";
import type { PlatformModel } from "../model.ts";
import { objectMeta, type Place } from "./place.ts";

/** What Pod Security's `restricted` profile asks of a container, and a read-only root file system. */
const CONTAINER_SECURITY: V1SecurityContext = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
};

const POD_SECURITY: V1PodSecurityContext = {
  runAsNonRoot: true,
  runAsUser: RUN_AS_ID,
  runAsGroup: RUN_AS_ID,
  fsGroup: RUN_AS_ID,
  // "Always" would open the group's rights on a database directory at each start, and PostgreSQL refuses to run on one.
  fsGroupChangePolicy: "OnRootMismatch",
  seccompProfile: { type: "RuntimeDefault" },
};

export type ContainerOptions = Omit<V1Container, "resources" | "securityContext" | "ports"> & {
  readonly resources: Resources;
  /** Name → number; TCP all. */
  readonly ports?: Readonly<Record<string, number>>;
};

export function container(options: ContainerOptions): V1Container {
  const { resources, ports, ...rest } = options;
  return {
    imagePullPolicy: "IfNotPresent",
    ...rest,
    ...(ports === undefined ? {} : { ports: containerPorts(ports) }),
    resources: resourceRequirements(resources),
    securityContext: CONTAINER_SECURITY,
  };
}

/** Pod of a component, under the component's own ServiceAccount, whose token is not mounted unless the spec says so. */
export function podTemplate(
  model: PlatformModel,
  place: Place,
  options: {
    readonly annotations: Record<string, string>;
    /** Those of every object of the component unless others are given. */
    readonly labels?: Record<string, string>;
    readonly spec: Omit<V1PodSpec, "serviceAccountName" | "securityContext">;
  },
): V1PodTemplateSpec {
  return {
    metadata: {
      labels: options.labels ?? objectMeta(model, place).labels,
      ...(Object.keys(options.annotations).length === 0 ? {} : { annotations: options.annotations }),
    },
    spec: {
      serviceAccountName: place.name,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: POD_SECURITY,
      ...options.spec,
    },
  };
}

/**
 * Pods over zones and nodes as evenly as it goes. A wish, not a condition: a cluster of one node runs the same
 * manifest, and a pod that waits for a node helps nobody.
 */
export function spread(model: PlatformModel, place: Place): V1TopologySpreadConstraint[] {
  return ["topology.kubernetes.io/zone", "kubernetes.io/hostname"].map((topologyKey) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: "ScheduleAnyway",
    labelSelector: { matchLabels: selectorLabels(model.name, place.name) },
  }));
}

function containerPorts(ports: Readonly<Record<string, number>>): V1ContainerPort[] {
  return Object.entries(ports).map(([name, containerPort]) => ({ name, containerPort, protocol: "TCP" }));
}

function resourceRequirements(resources: Resources): V1ResourceRequirements {
  return {
    requests: { cpu: resources.requests.cpu, memory: resources.requests.memory },
    limits: { cpu: resources.limits.cpu, memory: resources.limits.memory },
  };
}
