import type { KubernetesObject } from "../../kubernetes.ts";
import { ObjectsByName, ObjectsByValue } from "./object-groups.ts";

export interface Change {
  readonly type: "added" | "updated" | "deleted";
  readonly object: KubernetesObject;
  /** What the store held before; only of an update. */
  readonly previous?: KubernetesObject;
  /** True for what the first list brought. */
  readonly initial: boolean;
}

export type ChangeHandler = (change: Change) => void;

/** Values by which an object is found. */
export type Indexer = (object: KubernetesObject) => readonly string[];

export interface ReadableStore {
  get(namespace: string | undefined, name: string): KubernetesObject | undefined;
  list(): readonly KubernetesObject[];
  byIndex(index: string, value: string): readonly KubernetesObject[];
  /** Returns the function that ends the subscription. Handlers run at once and must not block. */
  subscribe(handler: ChangeHandler): () => void;
}

/** Objects by namespace and name, with indexes, telling subscribers of each change. */
export class Store implements ReadableStore {
  readonly #objects = new ObjectsByName();
  readonly #indexers: Readonly<Record<string, Indexer>>;
  readonly #indexes = new Map<string, ObjectsByValue>();
  readonly #handlers = new Set<ChangeHandler>();
  readonly #onHandlerError: (error: unknown) => void;

  constructor(indexers: Readonly<Record<string, Indexer>>, onHandlerError: (error: unknown) => void) {
    this.#indexers = indexers;
    this.#onHandlerError = onHandlerError;
    for (const index of Object.keys(indexers)) {
      this.#indexes.set(index, new ObjectsByValue());
    }
  }

  get(namespace: string | undefined, name: string): KubernetesObject | undefined {
    return this.#objects.get(namespace, name);
  }

  list(): readonly KubernetesObject[] {
    return this.#objects.all();
  }

  byIndex(index: string, value: string): readonly KubernetesObject[] {
    const values = this.#indexes.get(index);
    if (values === undefined) {
      throw new Error(`the store has no index ${index}: give its indexer to watch()`);
    }
    return values.get(value);
  }

  subscribe(handler: ChangeHandler): () => void {
    this.#handlers.add(handler);
    return () => this.#handlers.delete(handler);
  }

  set(object: KubernetesObject, initial = false): void {
    const { namespace, name, uid } = object.metadata;
    const previous = this.#objects.get(namespace, name);
    if (previous !== undefined && previous.metadata.uid !== uid) {
      // Deleted and made again between two looks: whoever waits for the end of the first one must hear of it.
      this.delete(previous);
      this.set(object, initial);
      return;
    }
    if (previous !== undefined) {
      this.#unindex(previous);
    }
    this.#objects.set(object);
    this.#index(object);
    this.#tell(
      previous === undefined ? { type: "added", object, initial } : { type: "updated", object, previous, initial },
    );
  }

  /** `object` is the last state known, which may be newer than the stored one. */
  delete(object: KubernetesObject): void {
    const { namespace, name } = object.metadata;
    const previous = this.#objects.get(namespace, name);
    if (previous === undefined) {
      return;
    }
    this.#unindex(previous);
    this.#objects.delete(namespace, name);
    this.#tell({ type: "deleted", object, initial: false });
  }

  /** Takes a complete list of what exists (in `namespace`, if given): what it lacks was deleted unseen. */
  replace(
    objects: readonly KubernetesObject[],
    scope: { readonly namespace?: string | undefined; initial: boolean },
  ): void {
    const listed = new ObjectsByName();
    for (const object of objects) listed.set(object);
    const known = scope.namespace === undefined ? this.#objects.all() : this.#objects.in(scope.namespace);
    for (const object of known) {
      if (listed.get(object.metadata.namespace, object.metadata.name) === undefined) this.delete(object);
    }
    for (const object of objects) {
      const { namespace, name, uid, resourceVersion } = object.metadata;
      const known = this.get(namespace, name)?.metadata;
      if (known === undefined || known.uid !== uid || known.resourceVersion !== resourceVersion) {
        this.set(object, scope.initial);
      }
    }
  }

  /** Lets a namespace's objects go without a word: they were not deleted, they are no longer looked at. */
  drop(namespace: string): void {
    for (const object of this.#objects.in(namespace)) {
      this.#unindex(object);
      this.#objects.delete(namespace, object.metadata.name);
    }
  }

  #index(object: KubernetesObject): void {
    for (const [index, values] of this.#indexes) {
      for (const value of this.#indexers[index]?.(object) ?? []) values.add(value, object);
    }
  }

  #unindex(object: KubernetesObject): void {
    for (const [index, values] of this.#indexes) {
      for (const value of this.#indexers[index]?.(object) ?? []) values.delete(value, object);
    }
  }

  #tell(change: Change): void {
    for (const handler of this.#handlers) {
      try {
        handler(change);
      } catch (error) {
        this.#onHandlerError(error);
      }
    }
  }
}
