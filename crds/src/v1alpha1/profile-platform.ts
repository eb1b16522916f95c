import type { AuthSpec } from "./auth.ts";
import type { PostgreSQLSpec, RabbitMQSpec, RedisSpec } from "./data-services.ts";
import type { ObservabilitySpec } from "./observability.ts";
import type { ServerSpec, WorkerSpec } from "./profile-services.ts";
import type { ProfilePlatformStatus } from "./status.ts";

/** What is wanted of the platform. Everything has a default: `spec: {}` is a whole platform. */
export interface ProfilePlatformSpec {
  /**
   * Put in front of the name of every namespace, such as `team-a-` for `team-a-data-layer`, so that several
   * platforms can live in one cluster.
   *
   * @default ""
   * @maxLength 40
   * @XValidation {"rule": "self.matches('^([a-z0-9][-a-z0-9]*)?$')", "message": "must have small letters, digits and '-' only, and start with a letter or digit, such as team-a-"}
   * @XValidation {"rule": "self == oldSelf", "message": "cannot be changed, because namespaces cannot be renamed: put the old prefix back, or create another platform"}
   */
  namespacePrefix: string;
  /**
   * What becomes of volumes, their credentials and the namespaces that hold them when the platform is deleted.
   * `Retain`: they stay, and the same manifest applied again finds its data. `Delete`: nothing stays.
   *
   * @default "Retain"
   */
  deletionPolicy: "Retain" | "Delete";
  /**
   * The profile API.
   *
   * @default {}
   */
  server: ServerSpec;
  /**
   * The worker that carries out delayed tasks.
   *
   * @default {}
   */
  worker: WorkerSpec;
  /**
   * The database of record.
   *
   * @default {}
   */
  postgresql: PostgreSQLSpec;
  /**
   * The cache.
   *
   * @default {}
   */
  redis: RedisSpec;
  /**
   * The queue between the profile API and its worker.
   *
   * @default {}
   */
  rabbitmq: RabbitMQSpec;
  /**
   * Who issues the tokens that the profile API asks for.
   *
   * @default {}
   */
  auth: AuthSpec;
  /**
   * How the platform can be watched at work.
   *
   * @default {}
   */
  observability: ObservabilitySpec;
}

/** Metadata of a Kubernetes object, as far as this project reads it. */
export interface ObjectMeta {
  /**
   * Name of the platform. It stands in label values beside other words, which leaves 50 characters of their 63.
   *
   * @XValidation {"rule": "self.size() <= 50", "message": "must not be longer than 50 characters, because label values hold it beside other words: choose a shorter name"}
   */
  name: string;
  uid?: string;
  generation?: number;
  resourceVersion?: string;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

/**
 * A whole application platform: databases, cache, queue, migrations, the profile API and its worker, and everything
 * around them.
 *
 * @resource {"group": "profileplatform.io", "version": "v1alpha1", "plural": "profileplatforms", "singular": "profileplatform", "shortNames": ["pp"], "categories": ["all"], "scope": "Cluster"}
 * @subresource status
 * @scale {"specReplicasPath": ".spec.server.replicas", "statusReplicasPath": ".status.server.replicas", "labelSelectorPath": ".status.server.selector"}
 * @printcolumn {"name": "Ready", "type": "string", "jsonPath": ".status.conditions[?(@.type=='Ready')].status", "description": "Whether the whole platform serves"}
 * @printcolumn {"name": "State", "type": "string", "jsonPath": ".status.conditions[?(@.type=='Ready')].message", "description": "What is awaited or wrong"}
 * @printcolumn {"name": "Components", "type": "string", "jsonPath": ".status.componentsReady", "description": "Ready components of all"}
 * @printcolumn {"name": "Primary", "type": "string", "jsonPath": ".status.postgresql.primary", "description": "Pod of the PostgreSQL primary"}
 * @printcolumn {"name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp"}
 */
export interface ProfilePlatform {
  apiVersion: "profileplatform.io/v1alpha1";
  kind: "ProfilePlatform";
  metadata: ObjectMeta;
  /**
   * What is wanted.
   *
   * @default {}
   */
  spec: ProfilePlatformSpec;
  /** What the operator observed. */
  status?: ProfilePlatformStatus;
}
