import type { ProfilePlatform } from "@profile-platform/crds";
import type { ApiClient } from "../../engine/client/api-client.ts";
import { isNotFound } from "../../engine/client/api-error.ts";
import { resourcePath } from "../../engine/client/resource-type.ts";
import type { KubernetesObject } from "../../kubernetes.ts";
import { PLATFORM_TYPE } from "../live/kinds.ts";
import { pauseRequest } from "../status/pause.ts";

/** The cache has an older state of the platform than the API server; what it lacks comes with an event. */
export class OutdatedError extends Error {
  override readonly name = "OutdatedError";
}

/**
 * Makes what confirms, by one live look a reconcile, that a platform is what the cache says: the same incarnation, the
 * same spec, neither paused nor deleted since. A cache that lags behind would bring back a former spec; and what is made
 * for an incarnation that is gone, Kubernetes removes again together with the data of the present one. It throws
 * OutdatedError, or ApiError.
 */
export function confirmation(
  cached: ProfilePlatform,
  client: Pick<ApiClient, "request">,
  signal: AbortSignal,
): () => Promise<void> {
  let looked: Promise<void> | undefined;
  return () => (looked ??= confirm(cached, client, signal));
}

async function confirm(
  cached: ProfilePlatform,
  client: Pick<ApiClient, "request">,
  signal: AbortSignal,
): Promise<void> {
  const { name } = cached.metadata;
  const path = resourcePath(PLATFORM_TYPE, { name });
  const found = await client.request({ method: "GET", path, signal }).catch((error: unknown) => {
    if (isNotFound(error)) return undefined;
    throw error;
  });
  if (found === undefined || !isSame(found, cached)) {
    throw new OutdatedError(`ProfilePlatform ${name} is not as the cache has it any more`);
  }
}

function isSame(found: KubernetesObject, cached: ProfilePlatform): boolean {
  const { uid, generation, deletionTimestamp } = found.metadata;
  return (
    uid === cached.metadata.uid &&
    generation === cached.metadata.generation &&
    deletionTimestamp === undefined &&
    (pauseRequest(found as unknown as ProfilePlatform) === undefined) === (pauseRequest(cached) === undefined)
  );
}
