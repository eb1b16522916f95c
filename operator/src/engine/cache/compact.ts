import type { KubernetesObject, ObjectMeta } from "../../kubernetes.ts";
import { apiVersionOf, type ResourceType } from "../client/resource-type.ts";
import { contentOf, hashOf } from "./content.ts";
import type { Interner } from "./interner.ts";

/** How much of a value stays: all of it, so much of each item of a list, or the named fields so far as they are there. */
export type Shape = true | readonly [Shape] | { readonly [field: string]: Shape };

/** What memory keeps of the objects of one kind, beside their identity, labels and owners. */
export interface Retention {
  /**
   * What of an object counts as its content. Of that, a digest is kept. `metadata`: nothing else is even asked for.
   * `none`: nobody compares it.
   */
  readonly content: "all" | "metadata" | "none";
  /** Annotations that are read. */
  readonly annotations?: readonly string[];
  /** Fields outside metadata that are read. */
  readonly fields?: Readonly<Record<string, Shape>>;
}

type Mutable<T> = { -readonly [Field in keyof T]: T[Field] };

const CONTENT = Symbol("content");

/** An object without its content. */
class CompactObject implements KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  /** A symbol: it is compared with the rest, and left out of JSON. */
  readonly [CONTENT]: string | undefined;
  readonly [field: string]: unknown;

  constructor(apiVersion: string, kind: string, metadata: ObjectMeta, content: string | undefined) {
    this.apiVersion = apiVersion;
    this.kind = kind;
    this.metadata = metadata;
    this[CONTENT] = content;
  }
}

/** Returns the function that makes objects of a type compact. What is compact already comes back as it is. */
export function compactor(
  type: ResourceType,
  { content, annotations = [], fields = {} }: Retention,
  interner: Interner,
): (object: KubernetesObject) => KubernetesObject {
  const { kind } = type;
  const apiVersion = apiVersionOf(type);
  return (object) => {
    if (isCompact(object)) return object;
    // A list of metadata calls its items PartialObjectMetadata.
    const whole = content === "metadata" ? { apiVersion, kind, metadata: object.metadata } : object;
    const digest = content === "none" ? undefined : hashOf(contentOf(whole));
    const compact = new CompactObject(
      apiVersion,
      kind,
      compactMetadata(object.metadata, annotations, interner),
      digest,
    );
    for (const [field, shape] of Object.entries(fields)) {
      const part = cut(object[field], shape);
      // Healthy pods of one component say the same, and so do thousands of conditions.
      if (part !== undefined) Object.assign(compact, { [field]: interner.value(part) });
    }
    return compact;
  };
}

export function isCompact(object: KubernetesObject): boolean {
  return object instanceof CompactObject;
}

/** Digest of what counts of a live object, whether it is whole or compact. */
export function contentDigest(object: KubernetesObject): string {
  if (!(object instanceof CompactObject)) return hashOf(contentOf(object));
  const digest = object[CONTENT];
  if (digest === undefined) throw new Error(`no digest is kept of the content of a ${object.kind}: see its retention`);
  return digest;
}

function compactMetadata(metadata: ObjectMeta, annotations: readonly string[], interner: Interner): ObjectMeta {
  const { name, namespace, uid, resourceVersion, generation, deletionTimestamp, labels, ownerReferences } = metadata;
  const kept: Mutable<ObjectMeta> = {
    name: interner.text(name),
    namespace: interner.text(namespace),
    uid,
    resourceVersion,
    labels: interner.value(labels),
    ownerReferences: interner.value(ownerReferences),
  } as ObjectMeta;
  // What most objects have, always in the same order, makes the smallest objects. Only some have these.
  if (generation !== undefined) kept.generation = generation;
  if (deletionTimestamp !== undefined) kept.deletionTimestamp = deletionTimestamp;
  const read = readAnnotations(metadata, annotations);
  if (read !== undefined) kept.annotations = read;
  return kept;
}

function readAnnotations({ annotations }: ObjectMeta, read: readonly string[]): ObjectMeta["annotations"] {
  const found = read.flatMap((key) => {
    const value = annotations?.[key];
    return value === undefined ? [] : [[key, value] as const];
  });
  return found.length === 0 ? undefined : Object.fromEntries(found);
}

/** The part of a value that a shape describes; undefined where nothing of it is there. */
function cut(value: unknown, shape: Shape): unknown {
  if (shape === true || value === undefined) return value;
  if (isList(shape)) return Array.isArray(value) ? value.map((item) => cut(item, shape[0])) : undefined;
  if (typeof value !== "object" || value === null) return undefined;
  const kept: Record<string, unknown> = {};
  for (const [field, part] of Object.entries(shape)) {
    const piece = cut((value as Readonly<Record<string, unknown>>)[field], part);
    if (piece !== undefined) kept[field] = piece;
  }
  return kept;
}

function isList(shape: Exclude<Shape, true>): shape is readonly [Shape] {
  return Array.isArray(shape);
}
