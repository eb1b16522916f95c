import { parseDuration } from "../../components/kit/duration.ts";
import type { EmbeddedIssuerModel } from "../../components/model.ts";
import {
  isRevoked,
  parseSigningKey,
  type SigningKey,
  signingKeySecretName,
} from "../../components/server-layer/auth/signing-key.ts";
import { type KeyRotation, rotateKeys } from "../../components/server-layer/auth/signing-keys.ts";
import type { ApiClient } from "../../engine/client/api-client.ts";
import { ApiError, isNotFound } from "../../engine/client/api-error.ts";
import { resourcePath } from "../../engine/client/resource-type.ts";
import { reviewSelf } from "../../engine/client/self-review.ts";
import type { KubernetesObject } from "../../kubernetes.ts";
import { LABEL_PLATFORM, LABEL_SIGNING_KEY, MANAGED_SELECTOR } from "../../labels.ts";
import { SECRET_TYPE } from "../live/kinds.ts";
import type { LiveObjects } from "../live/live-objects.ts";
import type { HeldKey, PlatformMemory } from "../memory.ts";
import { CredentialUnreadableError } from "./gather-credentials.ts";
import { belongsTo, type PlatformIdentity } from "./identity.ts";
import { isSigningKey } from "./order.ts";

export interface SigningKeySources {
  readonly client: Pick<ApiClient, "request">;
  readonly live: LiveObjects;
  readonly makeKey: () => SigningKey;
  /** Wall clock, milliseconds since the epoch. */
  readonly now: () => number;
  readonly signal: AbortSignal;
}

export interface GatheredKeys {
  /** Oldest first. */
  readonly keys: readonly SigningKey[];
  /** In how many milliseconds to look at them again, if nothing else happens. */
  readonly lookAgainMs: number;
  /** Why the keys stay as they are though their time seems to have come; undefined when that is not so. */
  readonly trouble: ApiError | undefined;
}

/** Where the API server does not say what time it is, it is asked again after this. */
const ASK_AGAIN_MS = 60_000;
const SOONEST_MS = 1_000;

/**
 * The keys of a platform's embedded issuer: those that the cluster holds, those that somebody deleted as far as memory
 * tells, and a new one when it is time. What is over, or revoked, is not among them. `isFresh`: the namespace was made a
 * moment ago and holds nothing. Throws CredentialUnreadableError: no key is ever made, or dropped, on the mere suspicion
 * that there is none.
 */
export async function gatherSigningKeys(
  { namespace, isFresh }: { readonly namespace: string; readonly isFresh: boolean },
  { keyInterval }: EmbeddedIssuerModel,
  identity: PlatformIdentity,
  memory: PlatformMemory,
  sources: SigningKeySources,
): Promise<GatheredKeys> {
  const held = new Map(memory.signingKeys);
  if (!isFresh && (memory.signingKeys === undefined || hasUnknown(held, namespace, identity, sources))) {
    for (const [kid, one] of await listKeys(namespace, identity, sources)) {
      if (!held.has(kid)) held.set(kid, one);
    }
  }
  for (const [kid, one] of held) {
    const now = isFresh ? one : await lookAt(one, namespace, identity, sources);
    if (now === undefined) held.delete(kid);
    else held.set(kid, now);
  }
  memory.signingKeys = held;

  const intervalMs = parseDuration(keyInterval);
  const rotate = (now: number): KeyRotation =>
    rotateKeys(
      [...held].map(([kid, { createdAt }]) => ({ kid, createdAt })),
      intervalMs,
      now,
    );
  let time = sources.now();
  let rotation = rotate(time);
  let trouble: ApiError | undefined;
  if (held.size > 0 && (rotation.isDue || rotation.retired.length > 0)) {
    try {
      // A clock that is ahead would make keys without end, and drop those that live tokens were signed with. Where the
      // Secrets' times come from there is another clock, and nothing is done before both say that it is time.
      time = Math.min(time, (await reviewSelf(sources.client, sources.signal)).time);
      rotation = rotate(time);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      trouble = error;
    }
  }
  if (trouble === undefined) {
    for (const kid of rotation.retired) held.delete(kid);
    if (rotation.isDue) {
      const key = sources.makeKey();
      held.set(key.publicJWK.kid, { key, uid: undefined, createdAt: undefined });
    }
    rotation = rotate(time);
  }
  const kids = trouble === undefined ? rotation.kept : [...rotation.retired, ...rotation.kept];
  return {
    keys: kids.flatMap((kid) => held.get(kid)?.key ?? []),
    lookAgainMs: trouble === undefined ? Math.max(SOONEST_MS, rotation.lookAgainAt - time) : ASK_AGAIN_MS,
    trouble,
  };
}

/** Whether the cache shows a key that was put back from elsewhere, say: what is not known would be removed. */
function hasUnknown(
  held: ReadonlyMap<string, HeldKey>,
  namespace: string,
  identity: PlatformIdentity,
  { live }: SigningKeySources,
): boolean {
  const known = new Set([...held.keys()].map(signingKeySecretName));
  return live
    .ofPlatform("Secret", identity.name)
    .some(
      (secret) =>
        isSigningKey(secret) &&
        secret.metadata.namespace === namespace &&
        secret.metadata.deletionTimestamp === undefined &&
        !isRevoked(secret) &&
        !known.has(secret.metadata.name),
    );
}

/** Of those whose Secret is as it was seen last, nothing is asked. Undefined when the key was revoked. */
async function lookAt(
  held: HeldKey,
  namespace: string,
  identity: PlatformIdentity,
  { client, live, signal }: SigningKeySources,
): Promise<HeldKey | undefined> {
  const name = signingKeySecretName(held.key.publicJWK.kid);
  const cached = live.get("Secret", namespace, name);
  // Not made yet, as far as is known: then there is nothing to ask for.
  if (held.uid === undefined && cached === undefined) return held;
  if (held.uid !== undefined && cached?.metadata.uid === held.uid) return isRevoked(cached) ? undefined : held;
  const path = resourcePath(SECRET_TYPE, { namespace, name });
  try {
    const secret = await client.request({ method: "GET", path, signal });
    live.found(secret, cached);
    if (isRevoked(secret)) return undefined;
    return belongsTo(secret, identity, held.uid) ? { ...held, ...seen(secret) } : held;
  } catch (error) {
    if (isNotFound(error)) return { ...held, uid: undefined };
    throw unreadable(namespace, name, error);
  }
}

/** By a live list: what a cache shows may be older than the last write of another operator. */
async function listKeys(
  namespace: string,
  identity: PlatformIdentity,
  { client, signal }: SigningKeySources,
): Promise<readonly (readonly [string, HeldKey])[]> {
  const labelSelector = `${MANAGED_SELECTOR},${LABEL_PLATFORM}=${identity.name},${LABEL_SIGNING_KEY}`;
  const path = resourcePath(SECRET_TYPE, { namespace });
  try {
    const { items } = await client.request<{ readonly items: readonly KubernetesObject[] }>({
      method: "GET",
      path,
      query: { labelSelector },
      signal,
    });
    return items.flatMap((secret) => {
      const key = isRevoked(secret) ? undefined : parseSigningKey(secret);
      return key === undefined ? [] : [[key.publicJWK.kid, { key, ...seen(secret) }] as const];
    });
  } catch (error) {
    throw unreadable(namespace, "server-signing-key", error);
  }
}

function seen({ metadata: { uid, creationTimestamp = "" } }: KubernetesObject): Pick<HeldKey, "uid" | "createdAt"> {
  const createdAt = Date.parse(creationTimestamp);
  return { uid, createdAt: Number.isNaN(createdAt) ? undefined : createdAt };
}

function unreadable(namespace: string, name: string, cause: unknown): CredentialUnreadableError {
  return new CredentialUnreadableError({ apiVersion: "v1", kind: "Secret", metadata: { namespace, name } }, cause);
}
