import type { KubernetesObject } from "../../kubernetes.ts";
import type { ApiClient } from "../client/api-client.ts";
import { isNotFound } from "../client/api-error.ts";
import { objectPath, type ResourceType } from "../client/resource-type.ts";

export interface DeleteOptions {
  /** Default Background. */
  readonly propagation?: "Background" | "Foreground" | "Orphan";
  /** Asked about the object as the API server has it now; on false nothing is deleted. */
  readonly mayDelete?: (object: KubernetesObject) => boolean;
  readonly signal?: AbortSignal;
}

export type DeleteOutcome =
  /** The API server took the request; finalizers may still hold the object. */
  | "deleted"
  /** Was on its way out already. */
  | "terminating"
  /** Is not there; another object of that name may be. */
  | "absent"
  /** `mayDelete` said no. */
  | "kept";

/**
 * Deletes `cached`, after a live look: what the cache shows may be old. Throws ApiError; a conflict means that it was
 * changed between look and deletion, and wants another reconcile.
 */
export async function deleteObject(
  client: ApiClient,
  type: ResourceType,
  cached: KubernetesObject,
  { propagation = "Background", mayDelete = () => true, signal }: DeleteOptions = {},
): Promise<DeleteOutcome> {
  const path = objectPath(type, cached);
  const limits = signal === undefined ? {} : { signal };
  try {
    const live = await client.request({ method: "GET", path, ...limits });
    const { uid, resourceVersion, deletionTimestamp } = live.metadata;
    if (uid !== cached.metadata.uid) {
      return "absent";
    }
    if (deletionTimestamp !== undefined) {
      return "terminating";
    }
    if (!mayDelete(live)) {
      return "kept";
    }
    const body = { propagationPolicy: propagation, preconditions: { uid, resourceVersion } };
    await client.request({ method: "DELETE", path, body, ...limits });
    return "deleted";
  } catch (error) {
    if (isNotFound(error)) {
      return "absent";
    }
    throw error;
  }
}
