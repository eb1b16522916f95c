/** How the API server serves one kind of object. */
export interface ResourceType {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** Lower-case plural, as in paths. */
  readonly plural: string;
  readonly namespaced: boolean;
}

export interface ResourceRef {
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  readonly subresource?: string | undefined;
}

/** `apiVersion` of the type's objects: `v1`, `apps/v1`. */
export function apiVersionOf({ group, version }: ResourceType): string {
  return group === "" ? version : `${group}/${version}`;
}

/** Path of one object, of its subresource, or without a name of the collection. A cluster-wide one has no namespace. */
export function resourcePath(type: ResourceType, { namespace, name, subresource }: ResourceRef): string {
  if (namespace !== undefined && !type.namespaced) {
    throw new Error(`${type.kind} has no namespace, but ${namespace} was given`);
  }
  if (type.namespaced && name !== undefined && namespace === undefined) {
    throw new Error(`${type.kind} ${name} needs a namespace`);
  }
  const parts = [type.group === "" ? "/api" : `/apis/${type.group}`, type.version];
  if (namespace !== undefined) {
    parts.push("namespaces", encodeURIComponent(namespace));
  }
  parts.push(type.plural);
  if (name !== undefined) {
    parts.push(encodeURIComponent(name));
  }
  if (subresource !== undefined) {
    parts.push(subresource);
  }
  return parts.join("/");
}

/** Path of an object that is at hand. */
export function objectPath(
  type: ResourceType,
  object: { readonly metadata: { readonly namespace?: string; readonly name: string } },
  subresource?: string,
): string {
  const { namespace, name } = object.metadata;
  return resourcePath(type, { namespace: type.namespaced ? namespace : undefined, name, subresource });
}

/** The types that a program works with, found by an object's apiVersion and kind. */
export class ResourceTypes {
  readonly #types = new Map<string, ResourceType>();

  constructor(types: readonly ResourceType[]) {
    for (const type of types) {
      this.#types.set(`${apiVersionOf(type)} ${type.kind}`, type);
    }
  }

  /** Throws a sentence for an object of a type that is not among them. */
  of({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }): ResourceType {
    const type = this.#types.get(`${apiVersion} ${kind}`);
    if (type === undefined) {
      throw new Error(`the type ${apiVersion} ${kind} is not known here: add it to the list of resource types`);
    }
    return type;
  }
}
