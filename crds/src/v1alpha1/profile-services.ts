import type { Duration, Probes, Resources } from "./common.ts";

/**
 * Growing and shrinking the profile API with its load. While it is set, `replicas` has no effect.
 *
 * @XValidation {"rule": "self.minReplicas <= self.maxReplicas", "message": "minReplicas is above maxReplicas: lower the one or raise the other", "fieldPath": ".minReplicas"}
 */
export interface Autoscaling {
  /**
   * Pods that always run.
   *
   * @default 3
   * @minimum 1
   * @maximum 100
   */
  minReplicas: number;
  /**
   * Pods that run at most.
   *
   * @default 10
   * @minimum 1
   * @maximum 100
   */
  maxReplicas: number;
  /**
   * Average CPU of the pods, in percent of their request, that the number of pods is chosen for.
   *
   * @default 70
   * @minimum 1
   * @maximum 100
   */
  targetCPUUtilizationPercentage: number;
}

/**
 * How a service is reached from outside the cluster.
 *
 * @XValidation {"rule": "!has(self.nodePort) || self.type == 'NodePort'", "message": "nodePort needs type NodePort: set the type, or remove nodePort", "fieldPath": ".nodePort", "reason": "FieldValueForbidden"}
 */
export interface Exposure {
  /**
   * `None`: only from inside the platform. `NodePort`: a port of every node. `LoadBalancer`: an address of the cloud.
   *
   * @default "None"
   */
  type: "None" | "NodePort" | "LoadBalancer";
  /**
   * The port of every node; chosen by the cluster when left out.
   *
   * @minimum 30000
   * @maximum 32767
   */
  nodePort?: number;
}

/** The cache of profiles in front of PostgreSQL: first in, first out. */
export interface ProfileCache {
  /**
   * Profiles that are kept at most.
   *
   * @default 10
   * @minimum 1
   * @maximum 10000
   */
  maxEntries: number;
  /**
   * How long a profile that was read or created is kept.
   *
   * @default "24h"
   */
  newEntryTTL: Duration;
  /**
   * How long a profile that was updated is kept.
   *
   * @default "1h"
   */
  updatedEntryTTL: Duration;
}

/** The profile API. */
export interface ServerSpec {
  /**
   * Pods, unless `autoscaling` is set. `kubectl scale` changes this field.
   *
   * @default 3
   * @minimum 1
   * @maximum 100
   */
  replicas: number;
  /** Growing and shrinking with the load; a fixed number of pods when left out. */
  autoscaling?: Autoscaling;
  /**
   * How the API is reached from outside the cluster.
   *
   * @default {}
   */
  exposure: Exposure;
  /**
   * The cache of profiles.
   *
   * @default {}
   */
  cache: ProfileCache;
  /**
   * CPU and memory of each pod.
   *
   * @default {"requests": {"cpu": "200m", "memory": "256Mi"}, "limits": {"cpu": "500m", "memory": "512Mi"}}
   */
  resources: Resources;
  /**
   * Timing of the health checks.
   *
   * @default {}
   */
  probes: Probes;
}

/** The worker that carries out delayed tasks. */
export interface WorkerSpec {
  /**
   * Pods.
   *
   * @default 1
   * @minimum 1
   * @maximum 100
   */
  replicas: number;
  /**
   * Tasks that one pod carries out at once.
   *
   * @default 10
   * @minimum 1
   * @maximum 1000
   */
  concurrency: number;
  /**
   * CPU and memory of each pod.
   *
   * @default {"requests": {"cpu": "200m", "memory": "256Mi"}, "limits": {"cpu": "500m", "memory": "512Mi"}}
   */
  resources: Resources;
  /**
   * Timing of the health checks.
   *
   * @default {}
   */
  probes: Probes;
}
