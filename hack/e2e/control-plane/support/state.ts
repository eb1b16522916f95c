import { createHash } from "node:crypto";
import { apiVersionOf, type ResourceType, resourcePath } from "@profile-platform/operator/engine/client/resource-type";
import { APPLIED_TYPES, NAMESPACE_TYPE, PLATFORM_TYPE, SECRET_TYPE } from "@profile-platform/operator/kinds";
import type { KubernetesObject } from "@profile-platform/operator/kubernetes";
import { RefusedError } from "../../support/administrator.ts";
import { objectKey } from "../../support/platform.ts";
import type { AdminApi } from "./admin-api.ts";

const CLAIM_TYPE: ResourceType = {
  group: "",
  version: "v1",
  kind: "PersistentVolumeClaim",
  plural: "persistentvolumeclaims",
  namespaced: true,
};

const TYPES: readonly ResourceType[] = [PLATFORM_TYPE, ...APPLIED_TYPES, CLAIM_TYPE];
const CLUSTER_TYPES = TYPES.filter(({ namespaced }) => !namespaced);
const NAMESPACED_TYPES = TYPES.filter(({ namespaced }) => namespaced);
const FEW = 2;

/** Made by Kubernetes in every namespace. */
const OF_KUBERNETES = new Set(["ConfigMap kube-root-ca.crt", "ServiceAccount default"]);

/** Everything that belongs to one platform, as the API server has it, managed fields included. */
export interface PlatformState {
  readonly platform: string;
  readonly objects: readonly KubernetesObject[];
}

/**
 * Everything in the namespaces of the platforms, labelled or not, with the namespaces and the platforms themselves. The
 * platforms' prefixes are their names with a hyphen.
 */
export async function readStates(
  api: AdminApi,
  platforms: readonly string[],
): Promise<ReadonlyMap<string, PlatformState>> {
  const around = (await Promise.all(CLUSTER_TYPES.map((type) => listOf(api, type)))).flat();
  const namespaces = namespacesAmong(around, platforms);
  // Where there are many platforms, of which few are asked for, whole lists would be most of what the machine does.
  const scopes = platforms.length <= FEW ? namespaces : [undefined];
  const lists = scopes.flatMap((namespace) => NAMESPACED_TYPES.map((type) => listOf(api, type, namespace)));
  const all = [...around, ...(await Promise.all(lists)).flat()];
  return new Map(
    platforms.map((platform) => [platform, { platform, objects: all.filter((object) => isOf(object, platform)) }]),
  );
}

interface List {
  readonly items: readonly Omit<KubernetesObject, "apiVersion" | "kind">[];
}

/** Names of the namespaces that there are of platforms, also of those on their way out. */
export async function namespacesOf(api: AdminApi, platforms: readonly string[]): Promise<readonly string[]> {
  return namespacesAmong(await listOf(api, NAMESPACE_TYPE), platforms);
}

function namespacesAmong(objects: readonly KubernetesObject[], platforms: readonly string[]): readonly string[] {
  return objects
    .filter((object) => object.kind === "Namespace" && platforms.some((platform) => isOf(object, platform)))
    .map(({ metadata }) => metadata.name);
}

/** A digest of each value of every Secret of the platforms, by the Secret's key. */
export async function readSecrets(
  api: AdminApi,
  platforms: readonly string[],
): Promise<Readonly<Record<string, unknown>>> {
  const secrets = await listOf(api, SECRET_TYPE);
  return contents(secrets.filter((secret) => platforms.some((platform) => isOf(secret, platform))));
}

async function listOf(api: AdminApi, type: ResourceType, namespace?: string): Promise<readonly KubernetesObject[]> {
  try {
    const path = resourcePath(type, { namespace });
    const { items } = await api.request<List & KubernetesObject>({ method: "GET", path });
    // Items of a list do not say what they are.
    return items.map((item) => ({ ...item, apiVersion: apiVersionOf(type), kind: type.kind }) as KubernetesObject);
  } catch (error) {
    // A definition may have been deleted, and all its objects with it.
    if (error instanceof RefusedError && error.status === 404) return [];
    throw error;
  }
}

function isOf({ kind, metadata: { name, namespace } }: KubernetesObject, platform: string): boolean {
  if (OF_KUBERNETES.has(`${kind} ${name}`)) return false;
  if (namespace !== undefined) return namespace.startsWith(`${platform}-`);
  return kind === "Namespace" ? name.startsWith(`${platform}-`) : name === platform;
}

/** The same of one platform. */
export function secretsOf({ objects }: PlatformState): Readonly<Record<string, unknown>> {
  return contents(objects.filter(({ kind }) => kind === "Secret"));
}

function contents(secrets: readonly KubernetesObject[]): Readonly<Record<string, unknown>> {
  const digests = (data: unknown) =>
    Object.fromEntries(
      Object.entries((data ?? {}) as Record<string, string>).map(([key, value]) => [key, digest(value)]),
    );
  return Object.fromEntries(secrets.map((secret) => [objectKey(secret), digests(secret["data"])]));
}

/** Of values that differ, a failure shows that they do, and nothing else. */
function digest(value: string): string {
  return createHash("sha256").update(value).digest("hex").slice(0, 16);
}
