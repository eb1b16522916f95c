import type { Probes, Quantity, Resources } from "./common.ts";
import type { PostgreSQLBackupSpec } from "./protection.ts";

/**
 * The volume of one pod of a data service. It is fixed when the platform is created.
 *
 * @XValidation {"rule": "has(self.size)", "message": "give the size of the volume, such as 10Gi", "fieldPath": ".size", "reason": "FieldValueRequired"}
 * @XValidation {"rule": "has(self.storageClassName) == has(oldSelf.storageClassName)", "message": "storageClassName cannot be added or removed once the platform exists: put the old manifest back, or create another platform", "fieldPath": ".storageClassName"}
 */
export interface Storage {
  /**
   * Size of the volume.
   *
   * @requiredByRule
   * @XValidation {"rule": "self == oldSelf", "message": "the size cannot be changed once the platform exists: put the old size back, or create another platform"}
   */
  size: Quantity;
  /**
   * StorageClass of the volume; the cluster's default when left out.
   *
   * @minLength 1
   * @maxLength 253
   * @XValidation {"rule": "self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$')", "message": "must be the name of a StorageClass, which has small letters, digits, '-' and '.' only: see kubectl get storageclasses"}
   * @XValidation {"rule": "self == oldSelf", "message": "the StorageClass cannot be changed once the platform exists: put the old one back, or create another platform"}
   */
  storageClassName?: string;
}

/**
 * PostgreSQL, the database of record. Patroni decides which instance is the primary.
 *
 * @XValidation {"rule": "!has(self.backup) || !has(self.parameters) || !self.parameters.exists(name, name in ['archive_timeout', 'archive_library'])", "message": "must not set archive_timeout or archive_library beside backup, which sets how the write-ahead log is archived: remove it", "fieldPath": ".parameters", "reason": "FieldValueForbidden"}
 */
export interface PostgreSQLSpec {
  /**
   * Instances: one primary, the others replicas. The profile API reads listings from replicas where there are some, no
   * older than the primary has them; its pods restart once when the first replicas are added.
   *
   * @default 1
   * @XValidation {"rule": "self >= oldSelf", "message": "the number of instances cannot be lowered once the platform exists, because those that are left would be no majority and none could become the primary: put the old number back, or create another platform"}
   */
  instances: 1 | 3 | 5;
  /**
   * Volume of each instance.
   *
   * @default {"size": "10Gi"}
   */
  storage: Storage;
  /**
   * `quorum`: a commit waits for a replica, where there is one. `"off"` (in quotes, or YAML
   * reads it as false): it does not, and a failover may lose it.
   *
   * @default "quorum"
   * @XValidation {"rule": "self == oldSelf", "message": "synchronous cannot be changed once the platform exists: put the old value back, or create another platform"}
   */
  synchronous: "quorum" | "off";
  /**
   * Server parameters, such as `work_mem: 8MB`. A change restarts the instances. Parameters that replication and
   * failover depend on belong to the operator and are refused.
   *
   * @maxProperties 64
   * @XValidation {"rule": "self.all(name, name.matches('^[a-z][a-z0-9_.]{0,62}$'))", "message": "a parameter's name has small letters, digits, '_' and '.' only, such as work_mem"}
   * @XValidation {"rule": "self.all(name, !(name in ['listen_addresses', 'port', 'cluster_name', 'hot_standby', 'wal_level', 'wal_log_hints', 'max_connections', 'max_locks_per_transaction', 'max_worker_processes', 'max_prepared_transactions', 'max_wal_senders', 'max_replication_slots', 'wal_keep_size', 'track_commit_timestamp', 'synchronous_standby_names', 'synchronous_commit', 'primary_conninfo', 'primary_slot_name', 'archive_mode', 'archive_command', 'restore_command', 'recovery_target_timeline', 'unix_socket_directories', 'data_directory', 'hba_file', 'ident_file', 'config_file', 'password_encryption', 'ssl', 'fsync', 'full_page_writes']))", "message": "must not set what replication, failover or durability depend on: remove it", "messageExpression": "'must not set ' + self.filter(name, name in ['listen_addresses', 'port', 'cluster_name', 'hot_standby', 'wal_level', 'wal_log_hints', 'max_connections', 'max_locks_per_transaction', 'max_worker_processes', 'max_prepared_transactions', 'max_wal_senders', 'max_replication_slots', 'wal_keep_size', 'track_commit_timestamp', 'synchronous_standby_names', 'synchronous_commit', 'primary_conninfo', 'primary_slot_name', 'archive_mode', 'archive_command', 'restore_command', 'recovery_target_timeline', 'unix_socket_directories', 'data_directory', 'hba_file', 'ident_file', 'config_file', 'password_encryption', 'ssl', 'fsync', 'full_page_writes'])[0] + ', which the operator sets because replication, failover or durability depend on it: remove it'", "reason": "FieldValueForbidden"}
   */
  parameters?: Record<string, ParameterValue>;
  /** Backups. Without it none are made. */
  backup?: PostgreSQLBackupSpec;
  /**
   * CPU and memory of each instance.
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

/**
 * Value of a PostgreSQL parameter, as it would stand in postgresql.conf, without quotes.
 *
 * @minLength 1
 * @maxLength 256
 * @XValidation {"rule": "self.matches('^[^\\\\r\\\\n]*$')", "message": "must be one line, because PostgreSQL does not start with more: remove the line break"}
 */
export type ParameterValue = string;

/** Redis, the cache. With three replicas, Sentinel decides which of them is the master. */
export interface RedisSpec {
  /**
   * Pods of Redis. With 3, one is the master and two are replicas, each beside a Sentinel, so that another one becomes
   * the master when it is lost.
   *
   * @default 1
   * @XValidation {"rule": "self >= oldSelf", "message": "the number of replicas cannot be lowered once the platform exists, because the Sentinels that are left would be no majority and none could become the master: put the old number back, or create another platform"}
   */
  replicas: 1 | 3;
  /**
   * Volume of each pod, for the append-only file.
   *
   * @default {"size": "1Gi"}
   */
  storage: Storage;
  /**
   * CPU and memory of each pod. Beside them, each Sentinel gets an amount of its own.
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

/** RabbitMQ, the queue between the profile API and its worker. */
export interface RabbitMQSpec {
  /**
   * Nodes. With three, each queue has three copies, and what was acknowledged outlives the loss of one node.
   *
   * @default 1
   * @XValidation {"rule": "self >= oldSelf", "message": "the number of nodes cannot be lowered once the platform exists, because queues would have copies on nodes that are gone, and no majority: put the old number back, or create another platform"}
   */
  replicas: 1 | 3;
  /**
   * Volume of queues and definitions.
   *
   * @default {"size": "1Gi"}
   */
  storage: Storage;
  /**
   * CPU and memory of the pod.
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
