import type { CacheStore, FenceEnd, Stored } from "./store.ts";

const nothing: Stored = { evicted: [], size: 0 };

/** Keeps nothing: every read is a miss. For tests of what a service does without the effects of a cache. */
export const noopStore: CacheStore = {
  get: async () => undefined,
  fill: async () => nothing,
  beginWrite: async () => undefined,
  endWrite: async (): Promise<FenceEnd> => ({ stood: true, ...nothing }),
  size: async () => 0,
};
