import { compactor } from "../engine/compact.ts";
import { Interner } from "../engine/interner.ts";
import type { KubernetesObject } from "../kubernetes.ts";
import { CHILD_KINDS } from "./kinds.ts";

/** Makes an object of one of the kinds that platforms have compact, as its kind in `kinds.ts` says. */
export type CompactChild = (object: KubernetesObject, kind?: string) => KubernetesObject;

/** One for the cache and for what is laid on top of it: equal values are one in memory, so far as one made them compact. */
export function makeCompactChild(): CompactChild {
  const interner = new Interner();
  const byKind = new Map(CHILD_KINDS.map(({ type, keeps }) => [type.kind, compactor(type, keeps, interner)]));
  return (object, kind = object.kind) => {
    const compact = byKind.get(kind);
    if (compact === undefined) throw new Error(`kind ${kind} is not watched: add it to platform/kinds.ts`);
    return compact(object);
  };
}
