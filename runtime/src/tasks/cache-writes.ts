import type { ProfileCache } from "../cache/cache.ts";
import type { WriteEffect } from "../cache/store.ts";

export interface WrittenProfiles<T> {
  /** By the profile's id; a profile that is not here was not changed. */
  readonly effects: ReadonlyMap<string, WriteEffect>;
  readonly result: T;
}

/**
 * One transaction that writes several profiles, through the cache: each of them is fenced before it begins, and until
 * it has ended. `commit` must have committed when it resolves.
 *
 * @throws what ProfileCache.write throws
 */
export async function writeProfiles<T>(
  cache: Pick<ProfileCache, "write">,
  ids: readonly string[],
  commit: () => Promise<WrittenProfiles<T>>,
): Promise<WrittenProfiles<T>> {
  const [id, ...rest] = ids;
  if (id === undefined) return commit();
  return cache.write(id, async () => {
    const written = await writeProfiles(cache, rest, commit);
    return { result: written, effect: written.effects.get(id) ?? { kind: "none" } };
  });
}
