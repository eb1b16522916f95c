import type { KubernetesObject } from "../kubernetes.ts";

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

function keyOf(namespace: string | undefined, name: string): string {
  // Not a template: what that gives stays in memory as its parts and as the whole.
  return [namespace, name].join("/");
}

/** Objects by namespace and name, with indexes, telling subscribers of each change. */
export class Store implements ReadableStore {
  readonly #objects = new Map<string, KubernetesObject>();
  readonly #indexers: Readonly<Record<string, Indexer>>;
  readonly #indexes = new Map<string, Map<string, Set<string>>>();
  readonly #handlers = new Set<ChangeHandler>();
  readonly #onHandlerError: (error: unknown) => void;

  constructor(indexers: Readonly<Record<string, Indexer>>, onHandlerError: (error: unknown) => void) {
    this.#indexers = indexers;
    this.#onHandlerError = onHandlerError;
    for (const index of Object.keys(indexers)) {
      this.#indexes.set(index, new Map());
    }
  }

  get(namespace: string | undefined, name: string): KubernetesObject | undefined {
    return this.#objects.get(keyOf(namespace, name));
  }

  list(): readonly KubernetesObject[] {
    return [...this.#objects.values()];
  }

  byIndex(index: string, value: string): readonly KubernetesObject[] {
    const values = this.#indexes.get(index);
    if (values === undefined) {
      throw new Error(`the store has no index ${index}: give its indexer to watch()`);
    }
    return [...(values.get(value) ?? [])].flatMap((key) => this.#objects.get(key) ?? []);
  }

  subscribe(handler: ChangeHandler): () => void {
    this.#handlers.add(handler);
    return () => this.#handlers.delete(handler);
  }

  set(object: KubernetesObject, initial = false): void {
    const key = keyOf(object.metadata.namespace, object.metadata.name);
    const previous = this.#objects.get(key);
    if (previous !== undefined && previous.metadata.uid !== object.metadata.uid) {
      // Deleted and made again between two looks: whoever waits for the end of the first one must hear of it.
      this.delete(previous);
      this.set(object, initial);
      return;
    }
    if (previous !== undefined) {
      this.#unindex(key, previous);
    }
    this.#objects.set(key, object);
    this.#index(key, object);
    this.#tell(
      previous === undefined ? { type: "added", object, initial } : { type: "updated", object, previous, initial },
    );
  }

  /** `object` is the last state known, which may be newer than the stored one. */
  delete(object: KubernetesObject): void {
    const key = keyOf(object.metadata.namespace, object.metadata.name);
    const previous = this.#objects.get(key);
    if (previous === undefined) {
      return;
    }
    this.#unindex(key, previous);
    this.#objects.delete(key);
    this.#tell({ type: "deleted", object, initial: false });
  }

  /** Takes a complete list of what exists (in `namespace`, if given): what it lacks was deleted unseen. */
  replace(
    objects: readonly KubernetesObject[],
    scope: { readonly namespace?: string | undefined; initial: boolean },
  ): void {
    const listed = new Set(objects.map(({ metadata }) => keyOf(metadata.namespace, metadata.name)));
    for (const [key, object] of this.#objects) {
      if (!listed.has(key) && (scope.namespace === undefined || scope.namespace === object.metadata.namespace)) {
        this.delete(object);
      }
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
    for (const [key, object] of this.#objects) {
      if (object.metadata.namespace === namespace) {
        this.#unindex(key, object);
        this.#objects.delete(key);
      }
    }
  }

  #index(key: string, object: KubernetesObject): void {
    for (const [index, values] of this.#indexes) {
      for (const value of this.#indexers[index]?.(object) ?? []) {
        const keys = values.get(value) ?? new Set();
        values.set(value, keys.add(key));
      }
    }
  }

  #unindex(key: string, object: KubernetesObject): void {
    for (const [index, values] of this.#indexes) {
      for (const value of this.#indexers[index]?.(object) ?? []) {
        const keys = values.get(value);
        keys?.delete(key);
        if (keys?.size === 0) {
          values.delete(value);
        }
      }
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
