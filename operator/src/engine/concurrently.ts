/**
 * Runs an action for each item, at most `limit` at once, an item after the one it depends on. Items must stand in an
 * order in which that is possible. The first failure aborts the signal that the others got, and is thrown when all
 * have ended.
 */
export async function concurrently<T>(
  items: readonly T[],
  limit: number,
  dependencyOf: (item: T) => T | undefined,
  action: (item: T, signal: AbortSignal) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  const failure = new AbortController();
  const either = signal ? AbortSignal.any([signal, failure.signal]) : failure.signal;
  const waiting = [...items];
  const pending = new Set(items);
  const running = new Map<T, Promise<void>>();

  const start = async (item: T): Promise<void> => {
    try {
      await action(item, either);
    } catch (cause) {
      failure.abort(cause);
    } finally {
      running.delete(item);
      pending.delete(item);
    }
  };
  const isFree = (item: T): boolean => {
    const dependency = dependencyOf(item);
    return dependency === undefined || !pending.has(dependency);
  };
  while (!either.aborted) {
    const next = running.size < limit ? waiting.findIndex(isFree) : -1;
    if (next >= 0) {
      const item = waiting.splice(next, 1)[0] as T;
      running.set(item, start(item));
    } else if (running.size > 0) await Promise.race(running.values());
    else break;
  }
  await Promise.all(running.values());
  if (either.aborted) throw signal?.aborted ? signal.reason : failure.signal.reason;
}
