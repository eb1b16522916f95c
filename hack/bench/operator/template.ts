import type { ProfilePlatform } from "@profile-platform/crds";
import type { ApiClient } from "@profile-platform/operator/engine/client/api-client";
import { apiVersionOf, type ResourceType, resourcePath } from "@profile-platform/operator/engine/client/resource-type";
import { APPLIED_TYPES, PLATFORM_TYPE } from "@profile-platform/operator/kinds";
import type { KubernetesObject } from "@profile-platform/operator/kubernetes";
import { appliedFields } from "./applied-fields.ts";
import { VARIANT_PATH, type Variant } from "./platforms.ts";

const FIELD_MANAGER = "profile-platform-operator";
const PLATFORM_LABEL = "profileplatform.io/platform";

/**
 * Parts that the operator brings to what is wanted and nothing more once others have fields in them, by kind; the twin
 * does the same, so that both send the same requests.
 */
const WHOLE_PARTS: Readonly<Record<string, readonly string[]>> = {
  ConfigMap: ["/data"],
  LimitRange: ["/spec"],
  NetworkPolicy: ["/spec"],
  PodDisruptionBudget: ["/spec"],
  ResourceQuota: ["/spec"],
  Service: ["/spec/ports", "/spec/selector"],
  StatefulSet: ["/spec/template/spec", "/spec/updateStrategy"],
};

export interface TemplateObject {
  readonly object: KubernetesObject;
  /** JSON pointers to parts that nobody else may add to. */
  readonly parts: readonly string[];
}

/** What the twin applies: the objects of one platform, whose name and uid stand for those of any other. */
export interface Template {
  readonly name: string;
  readonly uid: string;
  readonly variantPath: readonly string[];
  readonly variants: Readonly<Partial<Record<Variant, readonly TemplateObject[]>>>;
}

/** Takes from a platform that the operator has applied what it applied, as one variant of a template. */
export async function takeTemplate(client: ApiClient, name: string, variant: Variant): Promise<Template> {
  const platform = await client.request<ProfilePlatform>({
    method: "GET",
    path: resourcePath(PLATFORM_TYPE, { name }),
  });
  const objects = await childrenOf(client, name);
  return {
    name,
    uid: platform.metadata.uid ?? "",
    variantPath: VARIANT_PATH,
    variants: { [variant]: objects.map((live) => templateObject(appliedFields(live, FIELD_MANAGER))) },
  };
}

export function mergeTemplates(one: Template, other: Template): Template {
  return { ...one, variants: { ...one.variants, ...other.variants } };
}

/** Everything that carries a platform's label and that the operator may have applied, namespaces first. */
export async function childrenOf(client: ApiClient, platform: string): Promise<readonly KubernetesObject[]> {
  const lists = await Promise.all(APPLIED_TYPES.map((type) => list(client, type, platform)));
  return lists.flat();
}

async function list(client: ApiClient, type: ResourceType, platform: string): Promise<readonly KubernetesObject[]> {
  const query = { labelSelector: `${PLATFORM_LABEL}=${platform}` };
  const { items } = await client.request<{ readonly items: readonly KubernetesObject[] }>({
    method: "GET",
    path: resourcePath(type, {}),
    query,
  });
  // What a list holds names neither.
  return items.map((item) => ({ ...item, apiVersion: apiVersionOf(type), kind: type.kind }));
}

export function templateObject(object: KubernetesObject): TemplateObject {
  const parts = WHOLE_PARTS[object.kind] ?? [];
  return { object, parts: parts.filter((pointer) => has(object, pointer)) };
}

function has(object: unknown, pointer: string): boolean {
  const steps = pointer.slice(1).split("/");
  return (
    steps.reduce<unknown>((part, step) => (part as Readonly<Record<string, unknown>> | undefined)?.[step], object) !==
    undefined
  );
}
