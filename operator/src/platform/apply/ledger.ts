import type { ObjectRef } from "../../engine/apply/applied-objects.ts";
import type { KubernetesObject } from "../../kubernetes.ts";
import { idOf, objectId } from "../live/object-id.ts";
import type { ComponentState } from "../status/component-state.ts";
import { type Correction, type Failure, NOTHING_DONE, type Outcome, type Refusal, type Restart } from "./outcome.ts";

/** Why an object is not applied. `Waiting`: it comes later, by itself. */
export interface Problem {
  readonly state: "Failed" | "Waiting";
  readonly message: string;
}

/** Collects what one reconcile does and meets. */
export class Ledger {
  readonly #created: string[] = [];
  readonly #configured: string[] = [];
  readonly #corrected: Correction[] = [];
  readonly #pruned: string[] = [];
  readonly #restarted: Restart[] = [];
  readonly #awaitTurn: string[] = [];
  readonly #changedFields = new Map<string, readonly string[]>();
  readonly #refusals = new Map<string, Refusal>();
  readonly #failures = new Map<string, Failure>();
  readonly #serverErrors = new Map<string, Failure>();
  /** Reason → the first object that waits for it. */
  readonly #waits = new Map<string, string>();
  readonly #closed = new Map<string, string>();
  readonly #missing = new Set<string>();
  readonly #problems = new Map<string, Problem>();
  /** Object → its place in the plan. */
  #places: ReadonlyMap<string, number> = new Map();
  /** Something will have changed in a moment, without an event that says so. */
  impatient = false;
  /** In how many milliseconds the first of those objects can be put right that were left alone; Infinity without any. */
  leftForMs = Number.POSITIVE_INFINITY;
  /** In how many milliseconds a signing key comes, goes, or may do so; Infinity where there are none. */
  keysChangeInMs = Number.POSITIVE_INFINITY;
  /** Nothing of the spec is applied in this reconcile, whatever is missing. */
  heldBack = false;

  created(object: KubernetesObject): void {
    this.#created.push(objectId(object));
  }

  /** What is told of objects is told in their order here, since several are applied at once, in no order at all. */
  arrange(objects: readonly KubernetesObject[]): void {
    this.#places = new Map(objects.map((object, place) => [objectId(object), place]));
  }

  /** Whether the object was made in this reconcile. */
  isCreated({ kind, metadata: { namespace, name } }: ObjectRef): boolean {
    return this.#created.includes(idOf(kind, namespace, name));
  }

  /** `fields`: paths of what changed. */
  configured(object: KubernetesObject, fields: readonly string[] = []): void {
    this.#changedFields.set(objectId(object), fields);
    this.#configured.push(objectId(object));
  }

  /** `managers`: who had set the fields, where that is known. */
  corrected(object: KubernetesObject, fields: readonly string[], managers: readonly string[] = []): void {
    this.#changedFields.set(objectId(object), fields);
    this.#corrected.push({ kind: object.kind, object: objectId(object), fields, managers });
  }

  pruned(object: KubernetesObject): void {
    this.#pruned.push(objectId(object));
  }

  restarted(object: KubernetesObject, causes: readonly string[]): void {
    this.#restarted.push({ object: objectId(object), causes });
  }

  /** The workload is left as it is until the platform has its turn. */
  awaitsTurn(object: KubernetesObject): void {
    this.#awaitTurn.push(objectId(object));
  }

  /** Objects that wait for the platform's turn. */
  get awaitingTurn(): readonly string[] {
    return this.#arranged(this.#awaitTurn, (object) => object);
  }

  isAwaitingTurn(object: KubernetesObject): boolean {
    return this.#awaitTurn.includes(objectId(object));
  }

  /** Paths of the fields of a live object that were changed to what is wanted in this reconcile. */
  changedFields(object: KubernetesObject): readonly string[] {
    return this.#changedFields.get(objectId(object)) ?? [];
  }

  refused(object: KubernetesObject, refusal: Refusal): void {
    this.#refusals.set(refusal.object, refusal);
    this.#unapplied(object, { state: "Failed", message: refusal.message });
  }

  failed(object: KubernetesObject, failure: Failure): void {
    this.#failures.set(failure.object, failure);
    this.#unapplied(object, { state: "Failed", message: failure.message });
  }

  /** The API server failed at the object. */
  serverFailed(object: KubernetesObject, failure: Failure): void {
    this.#serverErrors.set(failure.object, failure);
    this.#unapplied(object, { state: "Failed", message: failure.message });
  }

  /** The object comes later, by itself; `reason` is a sentence. */
  waits(object: KubernetesObject, reason: string): void {
    if (!this.#waits.has(reason)) this.#waits.set(reason, objectId(object));
    this.#unapplied(object, { state: "Waiting", message: reason });
  }

  /** Nothing can be applied in a namespace in this reconcile. */
  close(namespace: string, reason: string): void {
    this.#closed.set(namespace, reason);
  }

  /** Why nothing can be applied where the object belongs; undefined where it can. */
  closedFor({ metadata: { namespace } }: KubernetesObject): string | undefined {
    return namespace === undefined ? undefined : this.#closed.get(namespace);
  }

  isClosed(namespace: string): boolean {
    return this.#closed.has(namespace);
  }

  /** Why the first of the closed namespaces is closed. */
  get whyClosed(): string | undefined {
    return [...this.#closed.values()][0];
  }

  /** Whether a Secret of this name could not be applied: copies of it must not go ahead of it. */
  lacksSecret(name: string): boolean {
    return this.#missing.has(name);
  }

  /** Why an object is not applied; undefined when it is. */
  problemOf(object: KubernetesObject): Problem | undefined {
    return this.#problems.get(objectId(object));
  }

  outcome(components: readonly ComponentState[]): Outcome {
    return {
      ...NOTHING_DONE,
      components,
      refusals: this.#arranged([...this.#refusals.values()], named),
      failures: this.#arranged([...this.#failures.values()], named),
      serverErrors: this.#arranged([...this.#serverErrors.values()], named),
      waits: this.#arranged([...this.#waits], ([, object]) => object).map(([reason]) => reason),
      created: this.#arranged(this.#created, (object) => object),
      configured: this.#arranged(this.#configured, (object) => object),
      corrected: this.#arranged(this.#corrected, named),
      pruned: this.#pruned,
      restarted: this.#arranged(this.#restarted, named),
    };
  }

  /** What is in no plan comes last, in the order in which it was booked. */
  #arranged<T>(items: readonly T[], objectOf: (item: T) => string): readonly T[] {
    const placeOf = (item: T): number => this.#places.get(objectOf(item)) ?? this.#places.size;
    return [...items].sort((a, b) => placeOf(a) - placeOf(b));
  }

  #unapplied(object: KubernetesObject, problem: Problem): void {
    this.#problems.set(objectId(object), problem);
    if (object.kind === "Secret") this.#missing.add(object.metadata.name);
    if (object.kind === "Namespace") this.close(object.metadata.name, problem.message);
  }
}

function named({ object }: { readonly object: string }): string {
  return object;
}
