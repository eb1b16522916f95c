import { credentialSecretName } from "../../components/kit/credential-secret.ts";
import { type DeleteOutcome, deleteObject } from "../../engine/apply/pruner.ts";
import type { ApiClient } from "../../engine/client/api-client.ts";
import { ApiError } from "../../engine/client/api-error.ts";
import type { ResourceTypes } from "../../engine/client/resource-type.ts";
import type { KubernetesObject } from "../../kubernetes.ts";
import { LABEL_COMPONENT } from "../../labels.ts";
import { JWKS_CONFIG_MAP } from "../../names.ts";
import { APPLIED_TYPES } from "../live/kinds.ts";
import type { LiveObjects } from "../live/live-objects.ts";
import { objectId } from "../live/object-id.ts";
import { isOwnedBy, type PlatformIdentity, platformOf } from "../plan/identity.ts";
import type { Step } from "../plan/plan.ts";
import type { ComponentState } from "../status/component-state.ts";
import { classify } from "./classify.ts";
import type { Ledger } from "./ledger.ts";

/**
 * What exists for a platform and is no longer wanted. Labels alone prove nothing here, since Kubernetes and Patroni copy
 * them onto objects of their own: only what names the platform as its owner is taken for something to delete. That
 * leaves out volumes, what is retained, and what other controllers made.
 */
export function findUnwanted(
  steps: readonly Step[],
  identity: PlatformIdentity,
  states: readonly ComponentState[],
  live: LiveObjects,
): readonly KubernetesObject[] {
  const wanted = new Set(steps.flatMap(({ objects }) => objects.map(objectId)));
  return APPLIED_TYPES.flatMap(({ kind }) => live.ofPlatform(kind, identity.name)).filter(
    (object) =>
      !wanted.has(objectId(object)) &&
      object.metadata.deletionTimestamp === undefined &&
      mayPrune(object, identity) &&
      !isKept(object) &&
      (!isInUse(object) || isReady(object, states)),
  );
}

/**
 * What a Job did for the former version is of no use only once the new one has done it; and pods of the former version
 * that start once more need the keys that they mount.
 */
function isInUse({ kind, metadata }: KubernetesObject): boolean {
  return kind === "Job" || (kind === "ConfigMap" && metadata.name === JWKS_CONFIG_MAP);
}

/** Without the passphrase, nothing that a repository holds can be read again, and its volume outlives the wish for it. */
function isKept({ kind, metadata }: KubernetesObject): boolean {
  return kind === "Secret" && metadata.name === credentialSecretName("postgresql-repository");
}

export function mayPrune(object: KubernetesObject, { name, uid }: PlatformIdentity): boolean {
  return platformOf(object) === name && isOwnedBy(object, uid);
}

export interface Pruning {
  readonly client: ApiClient;
  readonly types: ResourceTypes;
  readonly signal: AbortSignal;
}

/** Controllers write the status of what was made a moment ago; more than that is for the next reconcile. */
const MOST_TRIES = 5;

/**
 * Deletes objects one by one, each after a live look that still finds it ours, and books what came of it; with another
 * look when it changed meanwhile. One that cannot be removed holds up no other. Throws when the API server gives no
 * answer.
 */
export async function prune(
  unwanted: readonly KubernetesObject[],
  identity: PlatformIdentity,
  ledger: Ledger,
  pruning: Pruning,
): Promise<void> {
  for (const object of unwanted) {
    try {
      const result = await remove(object, identity, pruning);
      if (result === "deleted") ledger.pruned(object);
    } catch (error) {
      if (!book(error, object, ledger)) throw new Error(`while pruning ${objectId(object)}`, { cause: error });
    }
  }
}

async function remove(
  object: KubernetesObject,
  identity: PlatformIdentity,
  { client, types, signal }: Pruning,
): Promise<DeleteOutcome> {
  const mayDelete = (found: KubernetesObject) => mayPrune(found, identity);
  for (let tries = 1; ; tries++) {
    try {
      return await deleteObject(client, types.of(object), object, { mayDelete, signal });
    } catch (error) {
      if (tries === MOST_TRIES || !(error instanceof ApiError && error.isConflict)) throw error;
    }
  }
}

/** Books why one object could not be removed; returns whether the others may be. */
function book(error: unknown, object: KubernetesObject, ledger: Ledger): boolean {
  const verdict = classify(error, object, "removed");
  switch (verdict?.kind) {
    case "raced":
      ledger.impatient = true;
      ledger.waits(object, `${objectId(object)} was changed each time it was to be removed, and is looked at again`);
      return true;
    case "failed":
      ledger.failed(object, { ...verdict.failure, message: `cannot be removed: ${verdict.failure.message}` });
      return true;
    case "server-error":
      ledger.serverFailed(object, verdict.failure);
      return true;
    default:
      return false;
  }
}

function isReady({ metadata: { labels } }: KubernetesObject, states: readonly ComponentState[]): boolean {
  const component = labels?.[LABEL_COMPONENT];
  return states.every(
    ({ name, state, isOutdated }) => name !== component || (state === "Ready" && isOutdated !== true),
  );
}
