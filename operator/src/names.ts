/** The only home of names that more than one file uses. */

export const API_GROUP = "profileplatform.io";
export const API_VERSION = "v1alpha1";
export const KIND = "ProfilePlatform";
export const PLURAL = "profileplatforms";

export const BACKUP_KIND = "PlatformBackup";
export const BACKUP_PLURAL = "platformbackups";

/** Field manager of every server-side apply; also the manager name that events carry. */
export const FIELD_MANAGER = "profile-platform-operator";

/** Layers in the order in which they are applied. Each is a namespace of the same name. */
export const LAYERS = ["data-layer", "server-layer", "app-layer", "client-layer", "observability-layer"] as const;
export type LayerName = (typeof LAYERS)[number];

/** Components that exist so far. */
export type ComponentName =
  | "postgresql"
  | "postgresql-repository"
  | "postgresql-backup"
  | "redis"
  | "rabbitmq"
  | "migrations"
  | "server"
  | "worker";

/** Images that components run, by their name in the catalogue. */
export const IMAGE_NAMES = ["postgresql", "redis", "rabbitmq", "runtime"] as const;
export type ImageName = (typeof IMAGE_NAMES)[number];

/** User and group of every container, and group of every volume; the images are made for it. */
export const RUN_AS_ID = 10001;

/** Role bound in each namespace of a platform, by which the operator gets its rights there. Made by the chart. */
export const NAMESPACE_CLUSTER_ROLE = "profile-platform-operator-namespace";

/** ConfigMap with the public halves of the embedded issuer's keys; its key, and where `server` finds it. */
export const JWKS_CONFIG_MAP = "server-jwks";
export const JWKS_KEY = "jwks.json";

/** Volumes whose content pods follow while they run; what changes in there restarts none. */
export const FOLLOWED_VOLUMES = { jwks: "jwks", issuerCA: "issuer-ca" } as const;

/** Role that lets somebody issue tokens: it reads the embedded issuer's keys, and nothing else. Bound by users. */
export const TOKEN_ISSUER_ROLE = "token-issuer";

/** What tokens of the embedded issuer name as their audience, and those of others unless the spec says otherwise. */
export const TOKEN_AUDIENCE = "profile-platform";

/** Roles that a token may carry; each may do what those before it may. */
export const TOKEN_ROLES = ["viewer", "editor", "admin"] as const;
export type TokenRole = (typeof TOKEN_ROLES)[number];

/** Domain of Services. */
export const CLUSTER_DOMAIN = "cluster.local";

/** Full name of a Service, as other layers call it. */
export function serviceHost(service: string, namespace: string): string {
  return `${service}.${namespace}.svc.${CLUSTER_DOMAIN}`;
}
