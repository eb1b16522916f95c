import type { ProfilePlatform } from "@profile-platform/crds";
import type { KubernetesObject } from "../../kubernetes.ts";
import { ANNOTATION_PAUSED } from "../../labels.ts";
import { JWKS_CONFIG_MAP, NAMESPACE_CLUSTER_ROLE, TOKEN_ISSUER_ROLE } from "../../names.ts";
import { isWantedAsBefore, type Work } from "../apply/apply-object.ts";
import { APPLIED_TYPES, WORKLOAD_KINDS } from "../live/kinds.ts";
import type { LiveObjects } from "../live/live-objects.ts";
import { objectId } from "../live/object-id.ts";
import { belongsTo } from "../plan/identity.ts";
import { specHash } from "../restarts/workload-change.ts";

/** Longest part of a value that is repeated to who wrote it. */
const LONGEST_VALUE = 40;

/** That the roll-out of a spec is paused, and what is unclear about that. */
export interface PauseRequest {
  readonly doubt: string | undefined;
}

/**
 * What the annotation asks for; undefined when it asks for nothing. A value that is neither `true` nor `false` pauses as
 * well: whoever wrote it is about to intervene by hand, and what is held back by mistake is told and easily made up for.
 */
export function pauseRequest({ metadata }: ProfilePlatform): PauseRequest | undefined {
  const value = metadata.annotations?.[ANNOTATION_PAUSED];
  if (value === undefined || value === "false") return undefined;
  if (value === "true") return { doubt: undefined };
  const shown = value.length <= LONGEST_VALUE ? value : `${value.slice(0, LONGEST_VALUE)}…`;
  const doubt = `The annotation ${ANNOTATION_PAUSED} is neither "true" nor "false" but ${JSON.stringify(shown)}, and is taken for "true": set one of the two.`;
  return { doubt };
}

/** Objects beside Secrets that are looked after while the roll-out is paused. */
const UPKEEP: Readonly<Record<string, string>> = {
  RoleBinding: NAMESPACE_CLUSTER_ROLE,
  ConfigMap: JWKS_CONFIG_MAP,
  Role: TOKEN_ISSUER_ROLE,
};

/**
 * Secrets, the operator's own rights, and what goes with the signing keys, which are replaced in time whether or not
 * anything is rolled out.
 */
export function isUpkeep({ kind, metadata }: KubernetesObject): boolean {
  return kind === "Secret" || UPKEEP[kind] === metadata.name;
}

/** A namespace that is not there by now is not made while the roll-out is paused, and nothing in it is. */
export function closeMissingNamespaces(objects: readonly KubernetesObject[], work: Work): void {
  for (const { kind, metadata } of objects) {
    if (kind !== "Namespace") continue;
    const found = work.live.get("Namespace", undefined, metadata.name);
    const isOurs = found !== undefined && belongsTo(found, work.identity, work.memory.applier.appliedUid(found));
    if (!isOurs || found.metadata.deletionTimestamp !== undefined) {
      work.ledger.close(
        metadata.name,
        `namespace ${metadata.name} is not there, and the roll-out of the spec is paused`,
      );
    }
  }
}

/**
 * Objects that are known to differ from what is wanted of them: those that are missing, workloads by the hash of what
 * was wanted when they were applied, and the others as far as this process applied them itself.
 */
export function differing(
  wanted: readonly KubernetesObject[],
  { live, memory }: Pick<Work, "live" | "memory">,
): readonly string[] {
  return wanted
    .filter((object) => {
      if (isUpkeep(object)) return false;
      const found = live.get(object.kind, object.metadata.namespace, object.metadata.name);
      if (found === undefined) return true;
      if (WORKLOAD_KINDS.has(object.kind)) return specHash(found) !== specHash(object);
      return memory.applier.appliedDigest(object) !== undefined && !isWantedAsBefore(object, memory);
    })
    .map(objectId);
}

/** Whether this process applied each of these itself, so that `differing` overlooks none. */
export function isFamiliar(wanted: readonly KubernetesObject[], { memory }: Pick<Work, "memory">): boolean {
  return wanted.every((object) => isUpkeep(object) || memory.applier.appliedDigest(object) !== undefined);
}

/** Whether nothing exists that carries the platform's labels. */
export function isUntouched(platform: string, live: LiveObjects): boolean {
  return APPLIED_TYPES.every(({ kind }) => live.ofPlatform(kind, platform).length === 0);
}
