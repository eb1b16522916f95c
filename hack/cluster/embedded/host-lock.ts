import { join } from "node:path";
import { withLock } from "./lock.ts";

/** Around what clusters of all names share: slots, and settings and folders of the host. Held for moments only. */
export const withHostLock = <T>(cache: string, action: () => Promise<T>): Promise<T> =>
  withLock(join(cache, "clusters", ".host.lock"), action);
