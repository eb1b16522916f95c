/**
 * Runs an action for each item, at most `limit` at once, an item after those that it depends on; what depends on nothing
 * goes in the order of the items. The first failure aborts the signal that the others got, and is thrown when all have
 * ended. Throws when items depend on each other in a circle.
 */
export async function concurrently<T>(
  items: readonly T[],
  limit: number,
  dependenciesOf: (item: T) => readonly T[],
  action: (item: T, signal: AbortSignal) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  const failure = new AbortController();
  const either = signal ? AbortSignal.any([signal, failure.signal]) : failure.signal;
  const order = new Order(items, dependenciesOf);
  const end = Promise.withResolvers<void>();
  let running = 0;

  const run = async (item: T): Promise<void> => {
    try {
      await action(item, either);
      order.ended(item);
    } catch (cause) {
      failure.abort(cause);
    }
    running -= 1;
    startMore();
  };
  const startMore = (): void => {
    while (running < limit && !either.aborted) {
      const item = order.next();
      if (item === undefined) break;
      running += 1;
      void run(item.value);
    }
    if (running === 0) end.resolve();
  };
  startMore();
  await end.promise;
  if (either.aborted) throw signal?.aborted ? signal.reason : failure.signal.reason;
  if (order.left > 0) throw new Error(`${order.left} of ${items.length} items depend on each other in a circle`);
}

/** Which item may go next. */
class Order<T> {
  readonly #free: T[] = [];
  /** Item → how many of those it depends on have not ended. */
  readonly #awaited = new Map<T, number>();
  readonly #dependents = new Map<T, T[]>();

  constructor(items: readonly T[], dependenciesOf: (item: T) => readonly T[]) {
    const all = new Set(items);
    for (const item of items) {
      const dependencies = dependenciesOf(item).filter((one) => all.has(one));
      if (dependencies.length === 0) this.#free.push(item);
      else this.#awaited.set(item, dependencies.length);
      for (const one of dependencies) this.#dependents.set(one, [...(this.#dependents.get(one) ?? []), item]);
    }
  }

  /** Items that have not been free yet. */
  get left(): number {
    return this.#awaited.size;
  }

  /** Undefined when none is free. */
  next(): { readonly value: T } | undefined {
    return this.#free.length === 0 ? undefined : { value: this.#free.shift() as T };
  }

  ended(item: T): void {
    for (const dependent of this.#dependents.get(item) ?? []) {
      const awaited = (this.#awaited.get(dependent) ?? 0) - 1;
      if (awaited > 0) this.#awaited.set(dependent, awaited);
      else {
        this.#awaited.delete(dependent);
        this.#free.push(dependent);
      }
    }
  }
}
