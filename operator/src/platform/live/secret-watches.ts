import type { NamespacedStore } from "../../engine/cache/cache.ts";

/** Secrets are watched in the namespaces of platforms, and nowhere else. */
export class SecretWatches {
  readonly #store: Pick<NamespacedStore, "addNamespace" | "removeNamespace">;
  readonly #followed = new Map<string, ReadonlySet<string>>();

  constructor(store: Pick<NamespacedStore, "addNamespace" | "removeNamespace">) {
    this.#store = store;
  }

  /** Adds namespaces of a platform. One in which the operator has no rights at the moment stays. */
  follow(platform: string, namespaces: ReadonlySet<string>): void {
    for (const namespace of namespaces) this.#store.addNamespace(namespace);
    const before = this.#followed.get(platform) ?? new Set();
    this.#followed.set(platform, new Set([...before, ...namespaces]));
  }

  /** Stops the watches of a platform that is gone: its rights are gone as well. */
  release(platform: string): void {
    for (const namespace of this.#followed.get(platform) ?? []) this.#store.removeNamespace(namespace);
    this.#followed.delete(platform);
  }
}
