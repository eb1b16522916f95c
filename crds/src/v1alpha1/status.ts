/** One observation of the platform, in the form of metav1.Condition. */
export interface Condition {
  /**
   * What is observed: `Ready`, `Applied`, `Healthy`, `Reconciling`, `Stalled`, one for each layer such as
   * `DataLayerReady`, with backups `BackupHealthy` and `ArchivingHealthy`, and while it is so
   * `ConnectionsOvercommitted`, `Paused` and `FieldsContested`.
   *
   * @minLength 1
   * @maxLength 316
   */
  type: string;
  /** Whether it is so. */
  status: "True" | "False" | "Unknown";
  /**
   * `metadata.generation` that the observation was made for.
   *
   * @minimum 0
   * @format int64
   */
  observedGeneration?: number;
  /**
   * When `status` last changed.
   *
   * @format date-time
   */
  lastTransitionTime: string;
  /**
   * Why, in one CamelCase word.
   *
   * @minLength 1
   * @maxLength 1024
   * @pattern ^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$
   */
  reason: string;
  /**
   * Why, in a sentence that names what is awaited or what to do.
   *
   * @maxLength 32768
   */
  message: string;
}

/** The state of one component. */
export interface ComponentStatus {
  /** Name of the component, such as `server`. */
  name: string;
  /** Layer that the component stands in, such as `server-layer`. */
  layer: string;
  /** Whether all of it is ready. */
  state: "Ready" | "Progressing" | "Waiting" | "Failed";
  /** Ready parts of wanted parts, such as `3/3`. */
  ready: string;
  /** What is awaited or wrong; empty when ready. */
  message: string;
}

/** What the scale subresource reads. */
export interface ServerStatus {
  /**
   * Pods of the profile API that exist.
   *
   * @minimum 0
   */
  replicas: number;
  /** Label selector of those pods, in its text form. */
  selector: string;
}

/** The last backup that succeeded. */
export interface LastBackup {
  /** Name of the PlatformBackup. */
  name: string;
  /** pgBackRest's name of it. */
  label: string;
  /** What was copied. */
  type: "full" | "differential" | "incremental";
  /**
   * When it ended.
   *
   * @format date-time
   */
  finishedAt: string;
  /**
   * Bytes of the database that it restores.
   *
   * @minimum 0
   * @format int64
   */
  sizeBytes: number;
  /**
   * Bytes that it takes in the repository.
   *
   * @minimum 0
   * @format int64
   */
  repositorySizeBytes: number;
}

/** What is known of PostgreSQL. */
export interface PostgreSQLStatus {
  /** Pod that is the primary now. */
  primary?: string;
  /** Pods that follow the primary. */
  replicas?: string[];
  /** The last backup that succeeded. */
  lastBackup?: LastBackup;
  /**
   * The earliest time that can be restored: the end of the oldest backup that is kept.
   *
   * @format date-time
   */
  recoverableFrom?: string;
  /**
   * How often archiving a file of the write-ahead log has failed since the primary's statistics began. Only with
   * backups.
   *
   * @minimum 0
   * @format int64
   */
  archiveFailures?: number;
  /**
   * Connections that each instance accepts. It was decided when the database was made.
   *
   * @minimum 0
   */
  maxConnections?: number;
  /**
   * Connections to the primary that everything of the platform together may open at the same time.
   *
   * @minimum 0
   */
  peakConnections?: number;
}

/**
 * The platform's turn to have its pods restarted by a new version of the operator, which one platform has at a time:
 * until it is Ready again, or its time is up.
 */
export interface TurnStatus {
  /**
   * When it began.
   *
   * @format date-time
   */
  since: string;
  /**
   * When the next platform gets it, even if this one is not Ready by then.
   *
   * @format date-time
   */
  until: string;
}

/** What the operator observed. */
export interface ProfilePlatformStatus {
  /**
   * `metadata.generation` that this status was made for.
   *
   * @minimum 0
   * @format int64
   */
  observedGeneration?: number;
  /**
   * Observations: `Ready` sums up the others.
   *
   * @listType map
   * @listMapKey type
   */
  conditions?: Condition[];
  /** Ready components of all, such as `8/8`. */
  componentsReady?: string;
  /**
   * Each component, in the order in which they are applied.
   *
   * @listType map
   * @listMapKey name
   */
  components?: ComponentStatus[];
  /** Addresses inside the cluster by component, such as `server: http://server.server-layer.svc.cluster.local:8080`. */
  endpoints?: Record<string, string>;
  /** The profile API, as the scale subresource reads it. */
  server?: ServerStatus;
  /** The database. */
  postgresql?: PostgreSQLStatus;
  /**
   * `metadata.generation` whose workloads were all applied last. What the operator changes after that was not asked
   * for by a change of the spec, and restarts the pods of one platform at a time.
   *
   * @minimum 0
   * @format int64
   */
  rolledOutGeneration?: number;
  /** The platform's turn to be upgraded, while it has it. */
  turn?: TurnStatus;
}
