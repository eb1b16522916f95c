import { isNotFound } from "../../engine/client/api-error.ts";
import { objectPath } from "../../engine/client/resource-type.ts";
import type { KubernetesObject } from "../../kubernetes.ts";
import { FIELD_MANAGER } from "../../names.ts";
import type { Work } from "../apply/apply-object.ts";
import { restartCauses } from "./restart.ts";

/** A live object with all its fields, which the cache does not keep. Throws ApiError. */
export async function readWhole(
  ref: KubernetesObject,
  { client, types, signal }: Pick<Work, "client" | "types" | "signal">,
): Promise<KubernetesObject | undefined> {
  try {
    return await client.request({ method: "GET", path: objectPath(types.of(ref), ref), signal });
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/**
 * Why applying a workload would restart its pods, as `restartCauses` says it: the API server itself tells, in a dry
 * run, what would become of the live object, which is `before`. Throws ApiError.
 */
export async function foreseeRestart(
  wanted: KubernetesObject,
  before: KubernetesObject,
  { client, types, signal }: Pick<Work, "client" | "types" | "signal">,
): Promise<readonly string[]> {
  const { uid } = before.metadata;
  const after = await client.request({
    method: "PATCH",
    path: objectPath(types.of(wanted), wanted),
    query: { fieldManager: FIELD_MANAGER, force: "true", fieldValidation: "Strict", dryRun: "All" },
    contentType: "application/apply-patch+yaml",
    body: { ...wanted, metadata: { ...wanted.metadata, ...(uid === undefined ? {} : { uid }) } },
    signal,
  });
  return restartCauses(before, after);
}
