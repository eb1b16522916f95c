import type { KubernetesObject } from "../../kubernetes.ts";
import { LABEL_SIGNING_KEY } from "../../labels.ts";
import { JWKS_CONFIG_MAP, NAMESPACE_CLUSTER_ROLE } from "../../names.ts";

/**
 * Makes what tells, of the objects of a plan in their order, those that must have been applied before one of them: its
 * namespace, and the operator's rights in it; the Role that it binds, since only what exists may be bound; the Secret
 * that it is a copy of, so that an interrupted first apply never leaves a copy of what is not kept; the ConfigMap that
 * publishes a signing key, so that none can sign that nobody knows.
 */
export function applyOrder(
  objects: readonly KubernetesObject[],
): (object: KubernetesObject) => readonly KubernetesObject[] {
  const known = new Map<string, KubernetesObject>();
  const originals = new Map<string, KubernetesObject>();
  for (const object of objects) {
    const { kind, metadata } = object;
    known.set(key(kind, metadata.namespace, metadata.name), object);
    if (kind === "Secret" && !originals.has(metadata.name)) originals.set(metadata.name, object);
  }
  return (object) => {
    const { kind, metadata } = object;
    const { namespace } = metadata;
    if (namespace === undefined) return [];
    const role = kind === "RoleBinding" ? boundRole(object) : undefined;
    return [
      known.get(key("Namespace", undefined, namespace)),
      known.get(key("RoleBinding", namespace, NAMESPACE_CLUSTER_ROLE)),
      role && known.get(key("Role", namespace, role)),
      kind === "Secret" ? originals.get(metadata.name) : undefined,
      isSigningKey(object) ? known.get(key("ConfigMap", namespace, JWKS_CONFIG_MAP)) : undefined,
    ].filter((one) => one !== undefined && one !== object) as readonly KubernetesObject[];
  };
}

/** Whether an object is the Secret of a key of the embedded issuer. */
export function isSigningKey({ kind, metadata: { labels } }: KubernetesObject): boolean {
  return kind === "Secret" && labels?.[LABEL_SIGNING_KEY] !== undefined;
}

function boundRole(binding: KubernetesObject): string | undefined {
  const { kind, name } = binding["roleRef"] as { readonly kind: string; readonly name: string };
  return kind === "Role" ? name : undefined;
}

function key(kind: string, namespace: string | undefined, name: string): string {
  return `${kind} ${namespace ?? ""} ${name}`;
}
