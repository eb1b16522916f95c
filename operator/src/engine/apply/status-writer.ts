import type { KubernetesObject } from "../../kubernetes.ts";
import { sameJson } from "../cache/content.ts";
import type { ApiClient } from "../client/api-client.ts";
import { objectPath, type ResourceType } from "../client/resource-type.ts";

/**
 * Writes `status` if it differs from `live`'s, on the condition that `live` is the newest state. Returns whether it
 * wrote. Throws ApiError; a conflict means that the object changed since, and wants another reconcile.
 */
export async function writeStatus(
  client: ApiClient,
  type: ResourceType,
  live: KubernetesObject,
  status: unknown,
  signal?: AbortSignal,
): Promise<boolean> {
  if (sameJson(live["status"], status)) {
    return false;
  }
  await client.request({
    method: "PUT",
    path: objectPath(type, live, "status"),
    body: { ...live, status },
    ...(signal === undefined ? {} : { signal }),
  });
  return true;
}
