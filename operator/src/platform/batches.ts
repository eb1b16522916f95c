import type { KubernetesObject } from "../kubernetes.ts";

/** What follows may need these: the namespace that holds it, the right to make it, the role that is bound. */
const NEEDED_BY_WHAT_FOLLOWS: ReadonlySet<string> = new Set(["Namespace", "Role", "RoleBinding"]);

/**
 * Objects in their order, those together that may be applied at the same time: everything but workloads, which wait for
 * all that they rest on, and what others need before they can be made.
 */
export function batches(
  objects: readonly KubernetesObject[],
  isWorkload: (object: KubernetesObject) => boolean,
): readonly (readonly KubernetesObject[])[] {
  const isAlone = (object: KubernetesObject): boolean => NEEDED_BY_WHAT_FOLLOWS.has(object.kind) || isWorkload(object);
  const found: KubernetesObject[][] = [];
  for (const object of objects) {
    const last = found.at(-1);
    const [first] = last ?? [];
    if (last === undefined || first === undefined || isAlone(first) || isAlone(object)) found.push([object]);
    else last.push(object);
  }
  return found;
}
