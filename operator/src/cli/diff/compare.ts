import type { ProfilePlatform } from "@profile-platform/crds";
import type { PlatformModel } from "../../components/model.ts";
import type { ApiClient } from "../../engine/client/api-client.ts";
import { ApiError, isNotFound } from "../../engine/client/api-error.ts";
import { objectPath, ResourceTypes, resourcePath } from "../../engine/client/resource-type.ts";
import type { KubernetesObject } from "../../kubernetes.ts";
import { LABEL_PLATFORM, MANAGED_SELECTOR } from "../../labels.ts";
import { FIELD_MANAGER } from "../../names.ts";
import { autoscaledMinimum, replicasOf } from "../../platform/apply/autoscaled.ts";
import { mayPrune } from "../../platform/apply/prune.ts";
import { refuse } from "../../platform/apply/refusal.ts";
import { APPLIED_TYPES } from "../../platform/live/kinds.ts";
import { objectId } from "../../platform/live/object-id.ts";
import { belongsTo } from "../../platform/plan/identity.ts";
import { renderLayers } from "../rendering.ts";
import { type Difference, fieldChanges } from "./difference.ts";

const TYPES = new ResourceTypes(APPLIED_TYPES);

/** What applying the model would change in the cluster, found by server-side dry runs: nothing is written. */
export async function compareObjects(
  client: ApiClient,
  platform: ProfilePlatform,
  model: PlatformModel,
): Promise<readonly Difference[]> {
  const wanted = renderLayers(model).flatMap(({ objects }) => objects);
  const differences: Difference[] = [];
  for (const object of wanted) {
    const difference = await compareObject(client, platform, object, wanted);
    if (difference !== undefined) differences.push(difference);
  }
  return [...differences, ...(await findRemoved(client, platform, model, wanted))];
}

async function compareObject(
  client: ApiClient,
  { metadata: { name, uid = "" } }: ProfilePlatform,
  wanted: KubernetesObject,
  all: readonly KubernetesObject[],
): Promise<Difference | undefined> {
  const object = objectId(wanted);
  const live = await readLive(client, wanted);
  // A dry run in a namespace that does not exist yet can only fail.
  if (live === undefined) return { change: "created", object };
  if (!belongsTo(live, { name, uid }, undefined)) return { change: "refused", object, message: refuse(live).message };
  try {
    const after = await client.request({
      method: "PATCH",
      path: objectPath(TYPES.of(wanted), wanted),
      query: { fieldManager: FIELD_MANAGER, force: "true", dryRun: "All" },
      contentType: "application/apply-patch+yaml",
      body: asTheAutoscalerHasIt(wanted, live, all),
    });
    const fields = fieldChanges(live, after);
    return fields.length === 0 ? undefined : { change: "changed", object, fields };
  } catch (error) {
    if (!(error instanceof ApiError && (error.isInvalid || error.isForbidden))) {
      throw new Error(`while comparing ${object}`, { cause: error });
    }
    // The API server quotes what it refuses, and a Secret is quoted nowhere.
    const message =
      wanted.kind === "Secret" ? `the API server answered ${error.status} ${error.reason}` : error.message;
    return { change: "refused", object, message };
  }
}

/** An autoscaler's number of pods stays as it is: the operator sees to that, and a dry run cannot. */
function asTheAutoscalerHasIt(
  wanted: KubernetesObject,
  live: KubernetesObject,
  all: readonly KubernetesObject[],
): KubernetesObject {
  if (autoscaledMinimum(wanted, all) === undefined) return wanted;
  return { ...wanted, spec: { ...(wanted["spec"] as object), replicas: replicasOf(live) } };
}

async function readLive(client: ApiClient, wanted: KubernetesObject): Promise<KubernetesObject | undefined> {
  try {
    return await client.request({ method: "GET", path: objectPath(TYPES.of(wanted), wanted) });
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw new Error(`while reading ${objectId(wanted)}`, { cause: error });
  }
}

async function findRemoved(
  client: ApiClient,
  { metadata: { name, uid } }: ProfilePlatform,
  model: PlatformModel,
  wanted: readonly KubernetesObject[],
): Promise<readonly Difference[]> {
  if (uid === undefined) return [];
  const wantedIds = new Set(wanted.map(objectId));
  const namespaces = Object.values(model.namespaces);
  const paths = APPLIED_TYPES.flatMap((type) =>
    type.namespaced
      ? namespaces.map((namespace) => ({ type, path: resourcePath(type, { namespace }) }))
      : [{ type, path: resourcePath(type, {}) }],
  );
  const labelSelector = `${MANAGED_SELECTOR},${LABEL_PLATFORM}=${name}`;
  const found: Difference[] = [];
  for (const { type, path } of paths) {
    const list = await client.request<{ items: KubernetesObject[] }>({ method: "GET", path, query: { labelSelector } });
    for (const item of list.items) {
      // Items of a list carry neither apiVersion nor kind.
      const object = { ...item, kind: type.kind };
      if (!wantedIds.has(objectId(object)) && mayPrune(object, { name, uid })) {
        found.push({ change: "removed", object: objectId(object) });
      }
    }
  }
  return found;
}
