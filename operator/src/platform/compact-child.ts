import { patroniState } from "../components/data-layer/postgresql/patroni-state.ts";
import { compactor } from "../engine/compact.ts";
import { Interner } from "../engine/interner.ts";
import type { KubernetesObject } from "../kubernetes.ts";
import { ANNOTATION_PATRONI } from "../labels.ts";
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
    return compact(kind === "Pod" ? withPatroniState(object) : object);
  };
}

/**
 * Patroni writes what it knows of its instance on the pod, how far its log has come among it. That moves all the time,
 * and says nothing of its state.
 */
function withPatroniState(pod: KubernetesObject): KubernetesObject {
  const told = pod.metadata.annotations?.[ANNOTATION_PATRONI];
  if (told?.startsWith("{") !== true) return pod;
  const annotations = { ...pod.metadata.annotations, [ANNOTATION_PATRONI]: patroniState(told) };
  return { ...pod, metadata: { ...pod.metadata, annotations } };
}
