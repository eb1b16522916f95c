import { patroniState } from "../../components/data-layer/postgresql/patroni-state.ts";
import { compactor } from "../../engine/cache/compact.ts";
import { Interner } from "../../engine/cache/interner.ts";
import type { KubernetesObject } from "../../kubernetes.ts";
import { ANNOTATION_PATRONI } from "../../labels.ts";
import { Recent } from "../../recent.ts";
import { CHILD_KINDS } from "./kinds.ts";

/** Makes an object of one of the kinds that platforms have compact, as its kind in `kinds.ts` says. */
export interface CompactChild {
  (object: KubernetesObject, kind?: string): KubernetesObject;
  /** The same for the answer to a write: when the cache hears of that state, it gets the same object. */
  readonly answer: (object: KubernetesObject) => KubernetesObject;
}

/** As many objects as may be between the answer and the event when everything is created at once. */
const ANSWERS = 256;

/** One for the cache and for what is laid on top of it: equal values are one in memory, so far as one made them compact. */
export function makeCompactChild(): CompactChild {
  const interner = new Interner();
  const byKind = new Map(CHILD_KINDS.map(({ type, keeps }) => [type.kind, compactor(type, keeps, interner)]));
  // Only answers: the event by which an object leaves a watch has the version after the state that it tells.
  const answers = new Recent<string, KubernetesObject>(ANSWERS);
  const compactChild = (object: KubernetesObject, kind = object.kind): KubernetesObject => {
    const compact = byKind.get(kind);
    if (compact === undefined) throw new Error(`kind ${kind} is not watched: add it to platform/live/kinds.ts`);
    const known = answers.find(stateOf(object));
    return known ?? compact(kind === "Pod" ? withPatroniState(object) : object);
  };
  const answer = (object: KubernetesObject): KubernetesObject =>
    answers.get(stateOf(object), () => compactChild(object));
  return Object.assign(compactChild, { answer });
}

function stateOf({ metadata: { uid = "", resourceVersion = "" } }: KubernetesObject): string {
  return `${uid} ${resourceVersion}`;
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
