import type { KubernetesObject } from "../../kubernetes.ts";

/** `Kind namespace/name`: a key for maps, and how messages name an object. */
export function objectId(object: KubernetesObject): string {
  const { namespace, name } = object.metadata;
  return idOf(object.kind, namespace, name);
}

export function idOf(kind: string, namespace: string | undefined, name: string): string {
  return namespace === undefined ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}

/** `one`, `one and 1 more`: a list that stays short whatever its length. */
export function summarize(items: readonly string[]): string {
  const [first = "nothing", ...rest] = items;
  return rest.length === 0 ? first : `${first} (and ${rest.length} more)`;
}

/** `one, two, three`: a list that names up to `most`. */
export function listed(items: readonly string[], most = 5): string {
  const rest = items.length - most;
  const named = items.slice(0, most).join(", ");
  return rest > 0 ? `${named} and ${rest} more` : named;
}
