import type { Duration, Probes, Resources, ShortDuration } from "./common.ts";
import type { EventSettings, Origin } from "./events.ts";
import type { ImageSettings } from "./images.ts";
import type { CircuitBreakers, RateLimits, Shedding } from "./load-limits.ts";

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
  /**
   * How long Redis may take for one command before the profile API goes to PostgreSQL instead. The worker, too, waits
   * for no longer.
   *
   * @default "250ms"
   * @XValidation {"rule": "!self.matches('^[1-9][0-9]{0,8}(ms|s)$') || (duration(self) >= duration('10ms') && duration(self) <= duration('2s'))", "message": "must be from 10ms to 2s: give a length of time in between, such as 250ms"}
   */
  redisTimeout: ShortDuration;
}

/** Delayed tasks, as the profile API keeps them. */
export interface TaskSettings {
  /**
   * How long a task is kept after it has ended.
   *
   * @default "720h"
   * @XValidation {"rule": "!self.matches('^[1-9][0-9]{0,8}(s|m|h)$') || (self.matches('^([0-9]{1,9}s|[0-9]{1,7}m|[0-9]{1,5}h)$') && duration(self) >= duration('1m') && duration(self) <= duration('99999h'))", "message": "must be from 1m to 99999h: give a length of time in between, such as 720h"}
   */
  retention: Duration;
}

/** The profile API's connections to PostgreSQL. */
export interface ServerDatabase {
  /**
   * Connections that one pod has for requests: so many to the primary, and with `postgresql.instances` above 1 so many
   * to replicas. Beside them it has 7 to the primary for what must not wait behind requests. All pods together must stay
   * within what PostgreSQL accepts: the condition `ConnectionsOvercommitted` tells where they do not.
   *
   * @default 8
   * @minimum 1
   * @maximum 100
   */
  poolSize: number;
}

/** The worker's connections to PostgreSQL. */
export interface WorkerDatabase {
  /**
   * Connections that one pod has for tasks, and no more than `concurrency`. Beside them it has 2 for checks.
   *
   * @default 10
   * @minimum 1
   * @maximum 100
   */
  poolSize: number;
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
   * Connections to PostgreSQL.
   *
   * @default {}
   */
  database: ServerDatabase;
  /**
   * The cache of profiles.
   *
   * @default {}
   */
  cache: ProfileCache;
  /**
   * Delayed tasks.
   *
   * @default {}
   */
  tasks: TaskSettings;
  /**
   * Images of profiles.
   *
   * @default {}
   */
  images: ImageSettings;
  /**
   * The stream of changes over WebSocket.
   *
   * @default {}
   */
  events: EventSettings;
  /**
   * Pages that may call the API from a browser, by their origins; those of every origin when left out. A token is asked
   * for either way.
   *
   * @listType set
   * @minItems 1
   * @maxItems 32
   */
  allowedOrigins?: Origin[];
  /**
   * Requests that clients may send.
   *
   * @default {}
   */
  rateLimits: RateLimits;
  /**
   * Proxies in front of the API that append the address they were asked from to `X-Forwarded-For`, so that a client is
   * known by its own. Never more than there are, or clients choose their addresses.
   *
   * @default 0
   * @minimum 0
   * @maximum 10
   */
  trustedProxyHops: number;
  /**
   * When requests are refused because there is too much to do.
   *
   * @default {}
   */
  shedding: Shedding;
  /**
   * When a dependency that fails is left alone. The worker has the same.
   *
   * @default {}
   */
  circuitBreakers: CircuitBreakers;
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
   * Connections to PostgreSQL.
   *
   * @default {}
   */
  database: WorkerDatabase;
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
