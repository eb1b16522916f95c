import type { KubernetesObject, OwnerReference } from "../../kubernetes.ts";
import { LABEL_MANAGED_BY, LABEL_PLATFORM, MANAGED_BY_VALUE } from "../../labels.ts";
import { API_GROUP, API_VERSION, KIND } from "../../names.ts";

/** One incarnation of a platform: made again under the same name it has another uid. */
export interface PlatformIdentity {
  readonly name: string;
  readonly uid: string;
}

/** With it, Kubernetes removes the object when the platform goes. */
export function ownerReference({ name, uid }: PlatformIdentity): OwnerReference {
  return {
    apiVersion: `${API_GROUP}/${API_VERSION}`,
    kind: KIND,
    name,
    uid,
    controller: true,
    blockOwnerDeletion: true,
  };
}

/** Name of the platform whose labels an object carries; undefined when it carries none of this operator. */
export function platformOf({ metadata: { labels } }: KubernetesObject): string | undefined {
  return labels?.[LABEL_MANAGED_BY] === MANAGED_BY_VALUE ? labels[LABEL_PLATFORM] : undefined;
}

/**
 * Whether an object may be changed for a platform. Its labels say so; an object whose labels were edited away is known
 * by its owner reference, or by its uid if it was applied before: `appliedUid`.
 */
export function belongsTo(
  object: KubernetesObject,
  { name, uid }: PlatformIdentity,
  appliedUid: string | undefined,
): boolean {
  const { uid: objectUid } = object.metadata;
  return platformOf(object) === name || isOwnedBy(object, uid) || (objectUid !== undefined && appliedUid === objectUid);
}

export function isOwnedBy({ metadata: { ownerReferences = [] } }: KubernetesObject, uid: string): boolean {
  return ownerReferences.some((owner) => owner.uid === uid);
}
