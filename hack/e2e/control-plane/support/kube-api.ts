import type { ProfilePlatform } from "@profile-platform/crds";
import { ApiClient } from "@profile-platform/operator/engine/client/api-client";
import { ApiError, isNotFound } from "@profile-platform/operator/engine/client/api-error";
import {
  apiVersionOf,
  objectPath,
  type ResourceType,
  ResourceTypes,
  resourcePath,
} from "@profile-platform/operator/engine/client/resource-type";
import { type WatchEvent, watchEvents } from "@profile-platform/operator/engine/watch/watch-events";
import { APPLIED_TYPES, PLATFORM_TYPE } from "@profile-platform/operator/kinds";
import type { KubernetesObject } from "@profile-platform/operator/kubernetes";
import { ownedBy } from "../../support/platform.ts";

export const POD_TYPE = coreType("Pod", "pods");
const ALL = [PLATFORM_TYPE, ...APPLIED_TYPES, POD_TYPE, coreType("PersistentVolumeClaim", "persistentvolumeclaims")];
const TYPES = new ResourceTypes(ALL);

/** The type of a kind that the operator or Kubernetes makes for a platform. */
export function typeOf(kind: string): ResourceType {
  const found = ALL.find((type) => type.kind === kind);
  if (found === undefined) throw new Error(`${kind} is no kind of a platform's objects`);
  return found;
}

function coreType(kind: string, plural: string): ResourceType {
  return { group: "", version: "v1", kind, plural, namespaced: true };
}

export interface PatchOptions {
  /** Default: a merge patch. */
  readonly contentType?:
    | "application/merge-patch+json"
    | "application/json-patch+json"
    | "application/apply-patch+yaml";
  readonly subresource?: "status" | "scale";
  readonly dryRun?: boolean;
  readonly fieldManager?: string;
}

/** Who it is that a kind and a name speak of. */
export type ObjectRef = Pick<KubernetesObject, "apiVersion" | "kind"> & {
  readonly metadata: { readonly namespace?: string; readonly name: string };
};

/**
 * Requests of somebody who is not the operator, as the administrator and without a start of kubectl for each: what is
 * measured through it takes milliseconds.
 */
export class KubeApi {
  readonly client: ApiClient;
  #patches = 0;

  private constructor(client: ApiClient) {
    this.client = client;
  }

  static connect(kubeconfigPath: string): KubeApi {
    return new KubeApi(ApiClient.fromKubeConfig({ kubeconfigPath, userAgent: "somebody-else" }));
  }

  close(): void {
    this.client.close();
  }

  /** Undefined when it is not there. */
  async get<T extends KubernetesObject>(object: ObjectRef): Promise<T | undefined> {
    try {
      return await this.client.request<T>({ method: "GET", path: objectPath(TYPES.of(object), object) });
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  create(object: KubernetesObject): Promise<KubernetesObject> {
    const type = TYPES.of(object);
    const path = resourcePath(type, { namespace: type.namespaced ? object.metadata.namespace : undefined });
    return this.client.request({ method: "POST", path, query: { fieldManager: "somebody-else" }, body: object });
  }

  patch(object: ObjectRef, body: unknown, options: PatchOptions = {}): Promise<KubernetesObject> {
    const { contentType = "application/merge-patch+json", subresource, dryRun = false, fieldManager } = options;
    return this.client.request({
      method: "PATCH",
      path: objectPath(TYPES.of(object), object, subresource),
      query: {
        // Each time somebody else: one who takes a field again and again is a rival, and is answered more slowly.
        fieldManager: fieldManager ?? `somebody-${++this.#patches}`,
        ...(contentType === "application/apply-patch+yaml" ? { force: "true" } : {}),
        ...(dryRun ? { dryRun: "All" } : {}),
      },
      contentType,
      body,
    });
  }

  async remove(object: ObjectRef, gracePeriodSeconds?: number): Promise<void> {
    const options = gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds };
    await this.client.request({
      method: "DELETE",
      path: objectPath(TYPES.of(object), object),
      body: { apiVersion: "v1", kind: "DeleteOptions", propagationPolicy: "Background", ...options },
    });
  }

  /** Objects of a type in every namespace. */
  async list(type: ResourceType, labelSelector = ""): Promise<readonly KubernetesObject[]> {
    const list = await this.client.request<{ readonly items: readonly KubernetesObject[] }>({
      method: "GET",
      path: resourcePath(type, {}),
      query: { labelSelector },
    });
    // Items of a list do not say what they are.
    return list.items.map((item) => ({ ...item, apiVersion: apiVersionOf(type), kind: type.kind }));
  }

  /** What a type's objects become, those that are there first. Ends when the server ends it, or with `signal`. */
  async *watch(type: ResourceType, labelSelector: string, signal: AbortSignal): AsyncGenerator<WatchEvent> {
    const path = resourcePath(type, {});
    const query = { labelSelector, watch: "true" };
    yield* watchEvents(await this.client.stream({ method: "GET", path, query, signal }));
  }

  /** Everything of a platform that the operator wrote. */
  async children(platform: string): Promise<readonly KubernetesObject[]> {
    const lists = await Promise.all(APPLIED_TYPES.map((type) => this.list(type, ownedBy(platform))));
    return lists.flat();
  }

  pods(platform: string): Promise<readonly KubernetesObject[]> {
    return this.list(POD_TYPE, ownedBy(platform));
  }

  async platform(name: string): Promise<ProfilePlatform | undefined> {
    return (await this.get(platformRef(name))) as ProfilePlatform | undefined;
  }

  async createPlatform(name: string, spec: unknown): Promise<void> {
    await this.create({ ...platformRef(name), spec });
  }

  async patchPlatform(name: string, patch: unknown, dryRun = false): Promise<ProfilePlatform> {
    return (await this.patch(platformRef(name), { spec: patch }, { dryRun })) as unknown as ProfilePlatform;
  }

  /** The text of a path that answers with none of the objects, such as `/metrics`. */
  text(path: string): Promise<string> {
    return this.client.request<string>({ method: "GET", path });
  }
}

export function platformRef(name: string): { apiVersion: string; kind: string; metadata: { name: string } } {
  return { apiVersion: apiVersionOf(PLATFORM_TYPE), kind: PLATFORM_TYPE.kind, metadata: { name } };
}

/** The refusal that a request ends with; undefined when it is carried out. Throws when there is no answer. */
export async function refusalOf(request: Promise<unknown>): Promise<ApiError | undefined> {
  try {
    await request;
    return undefined;
  } catch (error) {
    if (error instanceof ApiError && error.status >= 400 && error.status < 500) return error;
    throw error;
  }
}
