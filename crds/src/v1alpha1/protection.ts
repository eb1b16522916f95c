import type { Storage } from "./data-services.ts";
import type { Condition } from "./status.ts";

/**
 * Backups of PostgreSQL by pgBackRest: full ones on a schedule, and between them every change, within a minute. The
 * instances restart once when it is added or removed.
 */
export interface PostgreSQLBackupSpec {
  /**
   * When full backups are made: minute, hour, day of the month, month and day of the week, in UTC, such as `0 3 * * *`
   * for three o'clock each night. The first one is made at once. A time that passed while the operator was away is made
   * up for once.
   *
   * @default "0 3 * * *"
   * @maxLength 100
   * @XValidation {"rule": "self.matches('^(([*]|[0-5]?[0-9]-[0-5]?[0-9])(/([1-9]|[1-5][0-9]))?|[0-5]?[0-9])(,(([*]|[0-5]?[0-9]-[0-5]?[0-9])(/([1-9]|[1-5][0-9]))?|[0-5]?[0-9]))* (([*]|([01]?[0-9]|2[0-3])-([01]?[0-9]|2[0-3]))(/([1-9]|1[0-9]|2[0-3]))?|([01]?[0-9]|2[0-3]))(,(([*]|([01]?[0-9]|2[0-3])-([01]?[0-9]|2[0-3]))(/([1-9]|1[0-9]|2[0-3]))?|([01]?[0-9]|2[0-3])))* (([*]|(0?[1-9]|[12][0-9]|3[01])-(0?[1-9]|[12][0-9]|3[01]))(/([1-9]|[12][0-9]|3[01]))?|(0?[1-9]|[12][0-9]|3[01]))(,(([*]|(0?[1-9]|[12][0-9]|3[01])-(0?[1-9]|[12][0-9]|3[01]))(/([1-9]|[12][0-9]|3[01]))?|(0?[1-9]|[12][0-9]|3[01])))* (([*]|(0?[1-9]|1[0-2])-(0?[1-9]|1[0-2]))(/([1-9]|1[0-2]))?|(0?[1-9]|1[0-2]))(,(([*]|(0?[1-9]|1[0-2])-(0?[1-9]|1[0-2]))(/([1-9]|1[0-2]))?|(0?[1-9]|1[0-2])))* (([*]|[0-7]-[0-7])(/[1-7])?|[0-7])(,(([*]|[0-7]-[0-7])(/[1-7])?|[0-7]))*$')", "message": "must be five fields in numbers with one space between them, such as 0 3 * * *: minute (0-59), hour (0-23), day of the month (1-31), month (1-12) and day of the week (0-7, where 0 and 7 are Sunday), each with '*', ranges (1-5), steps (0-59/15) and lists (1,15)"}
   * @XValidation {"rule": "self.findAll('[0-9]+-[0-9]+').all(range, int(range.split('-')[0]) <= int(range.split('-')[1]))", "message": "has a range that ends before it begins: put the smaller number first, such as 1-5"}
   * @XValidation {"rule": "!self.matches('^[^ ]+ [^ ]+ (30|31) 0?2 [*]$') && !self.matches('^[^ ]+ [^ ]+ 31 (0?[2469]|11) [*]$')", "message": "names a day that its month never has, so that no backup would ever be made: choose another day or month"}
   */
  schedule: string;
  /**
   * How long backups are kept.
   *
   * @default {}
   */
  retention: BackupRetention;
  /**
   * Where backups are kept. They are encrypted there, with a passphrase that the operator makes and keeps.
   *
   * @default {}
   */
  repository: BackupRepository;
}

/** How long backups are kept. */
export interface BackupRetention {
  /**
   * Full backups that are kept. When another one has been made, the oldest goes, with the differential and incremental
   * ones that build on it and the changes before the next.
   *
   * @default 7
   * @minimum 1
   * @maximum 1000
   */
  full: number;
}

/** Where backups are kept. */
export interface BackupRepository {
  /**
   * A volume of its own, in a pod beside PostgreSQL.
   *
   * @default {"size": "20Gi"}
   */
  volume: Storage;
}

/** What a backup is of, and how much it copies. */
export interface PlatformBackupSpec {
  /**
   * Name of the ProfilePlatform whose PostgreSQL is copied.
   *
   * @minLength 1
   * @maxLength 50
   */
  platform: string;
  /**
   * `full`: everything. `differential`: what has changed since the last full one. `incremental`: what has changed since
   * the last one of any type. pgBackRest makes a full one where there is none to build on.
   *
   * @default "full"
   */
  type: "full" | "differential" | "incremental";
}

/** How far a backup has come. */
export interface PlatformBackupStatus {
  /** `Pending`: it waits for another one, or for the repository. */
  phase?: "Pending" | "Running" | "Succeeded" | "Failed";
  /** What is awaited, or why it failed and what to do. */
  message?: string;
  /** The Job that carries it out, `namespace/name`: its pods' logs are pgBackRest's. */
  job?: string;
  /**
   * When it was begun.
   *
   * @format date-time
   */
  startedAt?: string;
  /**
   * When it ended.
   *
   * @format date-time
   */
  finishedAt?: string;
  /** pgBackRest's name of it, by which it is restored. */
  label?: string;
  /** What was made, which is a full one where there was none to build on. */
  type?: "full" | "differential" | "incremental";
  /**
   * Bytes of the database that it restores.
   *
   * @minimum 0
   * @format int64
   */
  sizeBytes?: number;
  /**
   * Bytes that it takes in the repository, compressed and encrypted, without what it builds on.
   *
   * @minimum 0
   * @format int64
   */
  repositorySizeBytes?: number;
  /** First file of the write-ahead log that restoring it needs. */
  walStart?: string;
  /** Last file of the write-ahead log that restoring it needs. */
  walStop?: string;
  /**
   * End of the oldest backup that the repository held when this one ended: restoring is possible to any time since.
   *
   * @format date-time
   */
  recoverableFrom?: string;
  /**
   * Observations: `Complete`, which is True when it has succeeded and False when it has failed.
   *
   * @listType map
   * @listMapKey type
   */
  conditions?: Condition[];
}

/** Metadata of a PlatformBackup, as far as this project reads it. */
export interface PlatformBackupMeta {
  /** Name of the backup. Those of the schedule have the platform's name and their minute. */
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
 * One backup of a platform's PostgreSQL. The operator makes one whenever the schedule says so; anybody may make more with
 * `kubectl create` or `profileplatform backup`. It goes when pgBackRest has removed what it stands for; deleting it
 * removes nothing from the repository.
 *
 * @resource {"group": "profileplatform.io", "version": "v1alpha1", "plural": "platformbackups", "singular": "platformbackup", "shortNames": ["pb"], "scope": "Cluster"}
 * @subresource status
 * @printcolumn {"name": "Platform", "type": "string", "jsonPath": ".spec.platform"}
 * @printcolumn {"name": "Type", "type": "string", "jsonPath": ".spec.type"}
 * @printcolumn {"name": "Phase", "type": "string", "jsonPath": ".status.phase", "description": "How far it has come"}
 * @printcolumn {"name": "Size", "type": "integer", "jsonPath": ".status.sizeBytes", "description": "Bytes of the database"}
 * @printcolumn {"name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp"}
 * @printcolumn {"name": "Message", "type": "string", "jsonPath": ".status.message", "description": "What is awaited or wrong", "priority": 1}
 */
export interface PlatformBackup {
  apiVersion: "profileplatform.io/v1alpha1";
  kind: "PlatformBackup";
  metadata: PlatformBackupMeta;
  /**
   * What to copy. It cannot be changed.
   *
   * @XValidation {"rule": "self == oldSelf", "message": "cannot be changed, because the backup may have been made by now: create another one"}
   */
  spec: PlatformBackupSpec;
  /** What the operator observed. */
  status?: PlatformBackupStatus;
}
