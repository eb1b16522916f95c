import type {
  Autoscaling,
  Exposure,
  Probes,
  Resources,
  ServerSpec,
  Storage,
  TracingSpec,
  WorkerDatabase,
} from "@profile-platform/crds";
import type { ImageCatalogue } from "../images.ts";
import type { OwnerReference } from "../kubernetes.ts";
import type { LayerName } from "../names.ts";
import type { SigningKey } from "./server-layer/auth/signing-key.ts";

/**
 * Everything that builders may know of one platform: the spec after defaulting, the names derived from it, the images,
 * and the credentials that were gathered. Made once a reconcile by `platform/plan/resolve.ts`.
 */
export interface PlatformModel {
  /** Name of the ProfilePlatform. */
  readonly name: string;
  /** Owner reference to the ProfilePlatform; undefined offline, where no uid is known. */
  readonly owner: OwnerReference | undefined;
  readonly deletionPolicy: "Retain" | "Delete";
  /** Where the operator itself runs; undefined where objects are rendered for use without it. */
  readonly operator: { readonly namespace: string; readonly serviceAccount: string } | undefined;
  /** Namespace of each layer, prefix included. */
  readonly namespaces: Readonly<Record<LayerName, string>>;
  readonly images: ImageCatalogue;
  readonly credentials: Credentials;
  /** PostgreSQL's system identifier; undefined before there is a database, and where nobody looks. */
  readonly database?: string | undefined;
  readonly postgresql: PostgreSQLModel;
  readonly redis: RedisModel;
  readonly rabbitmq: RabbitMQModel;
  readonly server: ServerModel;
  readonly worker: WorkerModel;
  readonly settings: ServiceSettings;
  /** Those of a spec that says nothing of them. The profile services have the same by themselves. */
  readonly usualSettings: ServiceSettings;
  readonly auth: AuthModel;
  /** Undefined where nothing is recorded. */
  readonly tracing: TracingSpec | undefined;
}

/** What the spec says of how the profile API works. */
export type ServerSettings = Pick<
  ServerSpec,
  | "database"
  | "cache"
  | "tasks"
  | "images"
  | "events"
  | "allowedOrigins"
  | "rateLimits"
  | "trustedProxyHops"
  | "shedding"
  | "circuitBreakers"
>;

/** What the spec says of how the profile services work; they read it as variables of their environment. */
export interface ServiceSettings extends ServerSettings {
  readonly workerDatabase: WorkerDatabase;
}

/** Who issues the tokens that the profile API asks for. */
export type AuthModel = EmbeddedIssuerModel | OIDCIssuerModel;

export interface EmbeddedIssuerModel {
  readonly issuer: "embedded";
  /** How old the newest key gets before the next one is made, such as `720h`. */
  readonly keyInterval: string;
  /** Such as `24h`. */
  readonly maxTokenLifetime: string;
  /** Oldest first; undefined before they are gathered. */
  readonly signingKeys: readonly SigningKey[] | undefined;
}

export interface OIDCIssuerModel {
  readonly issuer: "oidc";
  readonly issuerURL: string;
  readonly audience: string;
  readonly rolesClaim: string;
  readonly caConfigMap: string | undefined;
}

/** One generated Secret: made once, then only read. */
export interface Credential {
  /** Random id of the content; goes into pod templates in place of any trace of the content. */
  readonly contentId: string;
  /** Key → value in plain text. Never logged, never in status. */
  readonly values: Readonly<Record<string, string>>;
}

/** Credentials of every platform. */
export type UsualCredentialName = "postgresql" | "redis" | "rabbitmq";
/** Credentials of platforms with backups. */
export type BackupCredentialName = "postgresql-repository" | "postgresql-repository-tls";
export type CredentialName = UsualCredentialName | BackupCredentialName;
export type Credentials = Readonly<Record<UsualCredentialName, Credential>> &
  Readonly<Partial<Record<BackupCredentialName, Credential>>>;

export interface DataServiceModel {
  readonly storage: Storage;
  readonly resources: Resources;
  readonly probes: Probes;
}

export interface PostgreSQLModel extends DataServiceModel {
  readonly instances: number;
  readonly synchronous: "quorum" | "off";
  readonly parameters: Readonly<Record<string, string>>;
  /** Undefined where no backups are made. */
  readonly backup: BackupModel | undefined;
}

export interface BackupModel {
  /** Five fields of cron, in UTC. */
  readonly schedule: string;
  /** Full backups that are kept. */
  readonly retentionFull: number;
  /** Volume of the repository. */
  readonly volume: Storage;
}

export interface RabbitMQModel extends DataServiceModel {
  readonly replicas: number;
}

export interface RedisModel extends DataServiceModel {
  /** With more than one, Sentinel decides which is the master. */
  readonly replicas: number;
}

export interface ServerModel {
  readonly replicas: number;
  readonly autoscaling: Autoscaling | undefined;
  readonly exposure: Exposure;
  readonly resources: Resources;
  readonly probes: Probes;
}

export interface WorkerModel {
  readonly replicas: number;
  readonly concurrency: number;
  readonly resources: Resources;
  readonly probes: Probes;
}
