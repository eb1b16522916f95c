import type { KubernetesObject } from "../../kubernetes.ts";

/** Up to here, objects of a group are looked for one by one. */
const FEW = 32;

/** One object stands for itself, a few are a list; many have a table, by name or as a set. */
type Named = KubernetesObject | KubernetesObject[] | Map<string, KubernetesObject>;
type Group = KubernetesObject | KubernetesObject[] | Set<KubernetesObject>;

/**
 * Objects by namespace and name. Most namespaces have a handful of each kind: those cost neither a table nor a key for
 * each, which would be as large as what a cache keeps of the object itself.
 */
export class ObjectsByName {
  readonly #namespaces = new Map<string | undefined, Named>();

  get(namespace: string | undefined, name: string): KubernetesObject | undefined {
    const named = this.#namespaces.get(namespace);
    if (named instanceof Map) return named.get(name);
    if (Array.isArray(named)) return named.find((one) => one.metadata.name === name);
    return named?.metadata.name === name ? named : undefined;
  }

  set(object: KubernetesObject): void {
    const { namespace, name } = object.metadata;
    const named = this.#namespaces.get(namespace);
    if (named instanceof Map) {
      named.set(name, object);
    } else if (Array.isArray(named)) {
      const at = named.findIndex((one) => one.metadata.name === name);
      if (at >= 0) named[at] = object;
      else if (named.length < FEW) named.push(object);
      else this.#namespaces.set(namespace, new Map([...named, object].map((one) => [one.metadata.name, one])));
    } else {
      const isNew = named !== undefined && named.metadata.name !== name;
      this.#namespaces.set(namespace, isNew ? [named, object] : object);
    }
  }

  delete(namespace: string | undefined, name: string): void {
    const named = this.#namespaces.get(namespace);
    if (named instanceof Map) {
      named.delete(name);
      if (named.size === 0) this.#namespaces.delete(namespace);
    } else if (Array.isArray(named)) {
      const at = named.findIndex((one) => one.metadata.name === name);
      if (at >= 0) named.splice(at, 1);
      if (named.length === 0) this.#namespaces.delete(namespace);
    } else if (named?.metadata.name === name) {
      this.#namespaces.delete(namespace);
    }
  }

  /** Those of one namespace, as they are now. */
  in(namespace: string): readonly KubernetesObject[] {
    return listOf(this.#namespaces.get(namespace));
  }

  /** All, as they are now. */
  all(): readonly KubernetesObject[] {
    return [...this.#namespaces.values()].flatMap(listOf);
  }
}

/** Objects by a value that they have in common. */
export class ObjectsByValue {
  readonly #groups = new Map<string, Group>();

  add(value: string, object: KubernetesObject): void {
    const group = this.#groups.get(value);
    if (group === undefined) this.#groups.set(value, object);
    else if (group instanceof Set) group.add(object);
    else if (!Array.isArray(group)) this.#groups.set(value, [group, object]);
    else if (group.length < FEW) group.push(object);
    else this.#groups.set(value, new Set([...group, object]));
  }

  /** `object` is the one that was added, and no other that is equal to it. */
  delete(value: string, object: KubernetesObject): void {
    const group = this.#groups.get(value);
    if (group instanceof Set) {
      group.delete(object);
      if (group.size === 0) this.#groups.delete(value);
    } else if (Array.isArray(group)) {
      const at = group.indexOf(object);
      if (at >= 0) group.splice(at, 1);
      if (group.length === 0) this.#groups.delete(value);
    } else if (group === object) {
      this.#groups.delete(value);
    }
  }

  get(value: string): readonly KubernetesObject[] {
    return listOf(this.#groups.get(value));
  }
}

function listOf(group: Named | Group | undefined): readonly KubernetesObject[] {
  if (group === undefined) return [];
  if (group instanceof Map) return [...group.values()];
  if (group instanceof Set) return [...group];
  return Array.isArray(group) ? [...group] : [group];
}
