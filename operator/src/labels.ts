import type { ComponentName, LayerName } from "./names.ts";

/** The only home of label and annotation keys. */

export const MANAGED_BY_VALUE = "profile-platform-operator";

export const LABEL_NAME = "app.kubernetes.io/name";
export const LABEL_INSTANCE = "app.kubernetes.io/instance";
export const LABEL_PART_OF = "app.kubernetes.io/part-of";
export const LABEL_MANAGED_BY = "app.kubernetes.io/managed-by";

/** Name of the ProfilePlatform that an object belongs to; with LABEL_MANAGED_BY the proof that it is ours. */
export const LABEL_PLATFORM = "profileplatform.io/platform";
export const LABEL_COMPONENT = "profileplatform.io/component";
export const LABEL_LAYER = "profileplatform.io/layer";

/** On a Secret: `"true"` if it holds a key of the embedded issuer. */
export const LABEL_SIGNING_KEY = "profileplatform.io/signing-key";

/** Label that Patroni keeps on the pods of PostgreSQL: `primary` or `replica`. */
export const LABEL_POSTGRESQL_ROLE = "profileplatform.io/postgresql-role";

/**
 * Random id of a generated Secret's content. Pods carry it in their template, so that they restart when the content
 * changes, without any trace of the content itself.
 */
export const ANNOTATION_CONTENT_ID = "profileplatform.io/content-id";

/** What Patroni says of its instance on its pod. */
export const ANNOTATION_PATRONI = "status";

/** What an instance of PostgreSQL says on its pod of archiving, as long as it is the primary: JSON of ArchivingState. */
export const ANNOTATION_ARCHIVING = "profileplatform.io/archiving";

/** Uid of the PlatformBackup that a Job and its pods carry out. */
export const LABEL_BACKUP = "profileplatform.io/backup";

/** On a PlatformBackup that the schedule asked for: when it was due. */
export const ANNOTATION_SCHEDULED_FOR = "profileplatform.io/scheduled-for";

/** PostgreSQL's system identifier of the database that was migrated; on the Job that did, and in its pod template. */
export const ANNOTATION_DATABASE = "profileplatform.io/database";

/** Hash of the configuration that a pod reads; in pod templates, so that a change restarts exactly those pods. */
export const ANNOTATION_CONFIG_HASH = "profileplatform.io/config-hash";

/** Hash of what was wanted of a workload when it was last applied; on the workload: tells a change of mind from drift. */
export const ANNOTATION_SPEC_HASH = "profileplatform.io/spec-hash";

/** On the Secret of a signing key: with any value, the key and the tokens that it signed are good for nothing any more. */
export const ANNOTATION_REVOKED = "profileplatform.io/revoked";

/** On the ConfigMap of public keys: the longest life of a token, as the spec says it; for whoever signs tokens. */
export const ANNOTATION_MAX_TOKEN_LIFETIME = "profileplatform.io/max-token-lifetime";

/** On a ProfilePlatform: `"true"` stops the roll-out of its spec, and nothing else. */
export const ANNOTATION_PAUSED = "profileplatform.io/paused";

/** What the operator's list and watch requests select. */
export const MANAGED_SELECTOR = `${LABEL_MANAGED_BY}=${MANAGED_BY_VALUE}`;

/** Labels of a whole layer's objects. */
export function layerLabels(platform: string, layer: LayerName): Record<string, string> {
  return {
    [LABEL_PART_OF]: "profile-platform",
    [LABEL_MANAGED_BY]: MANAGED_BY_VALUE,
    [LABEL_PLATFORM]: platform,
    [LABEL_LAYER]: layer,
  };
}

/** Labels of every object of a component. */
export function componentLabels(platform: string, layer: LayerName, component: ComponentName): Record<string, string> {
  return { ...layerLabels(platform, layer), ...selectorLabels(platform, component), [LABEL_COMPONENT]: component };
}

/** Labels by which workloads and Services find a component's pods. They can never change: selectors are immutable. */
export function selectorLabels(platform: string, component: ComponentName): Record<string, string> {
  return { [LABEL_NAME]: component, [LABEL_INSTANCE]: platform };
}
