import type { Condition, ProfilePlatform } from "@profile-platform/crds";
import type { KubernetesObject } from "@profile-platform/operator/kubernetes";
import { eventually, timed } from "./eventually.ts";
import type { Kubectl } from "./kubectl.ts";
import { managedFieldsOf } from "./managed-fields.ts";

/** Every kind that the operator writes itself, as kubectl names it. */
export const WRITTEN_KINDS = [
  "namespaces",
  "serviceaccounts",
  "roles.rbac.authorization.k8s.io",
  "rolebindings.rbac.authorization.k8s.io",
  "networkpolicies",
  "resourcequotas",
  "limitranges",
  "secrets",
  "configmaps",
  "services",
  "statefulsets",
  "deployments",
  "jobs",
  "poddisruptionbudgets",
  "horizontalpodautoscalers",
] as const;

/** A ProfilePlatform manifest; `spec` as a user would write it, defaults left out. */
export function platformManifest(name: string, spec: Readonly<Record<string, unknown>>): unknown {
  return { apiVersion: "profileplatform.io/v1alpha1", kind: "ProfilePlatform", metadata: { name }, spec };
}

/** Label selector of everything that belongs to a platform. */
export function ownedBy(platform: string): string {
  return `profileplatform.io/platform=${platform}`;
}

export async function getPlatform(kubectl: Kubectl, name: string): Promise<ProfilePlatform | undefined> {
  return (await kubectl.get("profileplatform", name)) as ProfilePlatform | undefined;
}

export function condition(platform: ProfilePlatform | undefined, type: string): Condition | undefined {
  return platform?.status?.conditions?.find((one) => one.type === type);
}

/** The condition Ready, when it is about the newest generation. */
export function currentReady(platform: ProfilePlatform): Condition | undefined {
  const ready = condition(platform, "Ready");
  return ready?.observedGeneration === platform.metadata.generation ? ready : undefined;
}

/** Waits for Ready=True of the newest generation; returns the seconds it took. */
export async function waitReady(kubectl: Kubectl, name: string, timeoutMs = 180_000): Promise<number> {
  const { seconds } = await timed(() =>
    eventually(
      async () => {
        const platform = await getPlatform(kubectl, name);
        const ready = platform === undefined ? undefined : currentReady(platform);
        if (ready?.status === "True") return ready;
        throw new Error(`Ready is ${ready?.status ?? "not reported"}: ${ready?.message ?? ""}`);
      },
      { what: `platform ${name} is Ready`, timeoutMs, everyMs: 500 },
    ),
  );
  return seconds;
}

/** Everything of a platform that the operator wrote, without what Kubernetes made from it. */
export async function children(kubectl: Kubectl, platform: string): Promise<readonly KubernetesObject[]> {
  return kubectl.list(WRITTEN_KINDS.join(","), ownedBy(platform));
}

/** `Kind namespace/name` of an object: a key for maps and a name for messages. */
export function objectKey(object: KubernetesObject): string {
  const { namespace, name } = object.metadata;
  return `${object.kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}

/** Key → a field of the metadata, for comparing what is there before and after. */
export function byKey(
  objects: readonly KubernetesObject[],
  field: "uid" | "resourceVersion",
): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(
    objects.map((object) => [objectKey(object), object.metadata[field]] as const).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/**
 * Key → the object's uid and who last wrote it when, from objects with their managedFields. Statuses are left aside: the
 * cluster's own controllers keep them, and a resourceVersion would count that.
 */
export function lastWritesOf(objects: readonly KubernetesObject[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    objects.map((object) => {
      const managedFields = managedFieldsOf(object);
      if (managedFields.length === 0) throw new Error(`${objectKey(object)} was read without its managedFields`);
      const writes = managedFields
        .filter(({ subresource }) => subresource !== "status")
        .map(({ manager, operation, time }) => `${manager} ${operation} ${time}`);
      return [objectKey(object), [object.metadata.uid, ...writes].join("; ")];
    }),
  );
}

/** `lastWritesOf` everything of a platform that the operator wrote. */
export async function lastWrites(kubectl: Kubectl, platform: string): Promise<Readonly<Record<string, string>>> {
  const selection = ["-l", ownedBy(platform), "--all-namespaces", "--show-managed-fields", "-o", "json"];
  const text = await kubectl.run(["get", WRITTEN_KINDS.join(","), ...selection]);
  return lastWritesOf((JSON.parse(text) as { items: KubernetesObject[] }).items);
}
