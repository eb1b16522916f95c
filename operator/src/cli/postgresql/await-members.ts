import { setTimeout as delay } from "node:timers/promises";
import type { Member } from "./members.ts";
import type { Patroni } from "./patroni.ts";

const LOOK_INTERVAL_MS = 500;

export interface Awaited {
  /** Ends the sentence "… was not seen within", such as `postgresql-1 as the primary`. */
  readonly what: string;
  readonly timeoutMs: number;
  readonly done: (members: readonly Member[]) => boolean;
  /** What Patroni said when it was asked for it, for who has waited in vain. */
  readonly said: string;
}

/**
 * Looks until the members are as awaited; returns them. Whom it cannot ask for a moment it asks again.
 *
 * @throws Error with what Patroni said when that takes too long
 */
export async function awaitMembers(
  patroni: Pick<Patroni, "members">,
  { what, timeoutMs, done, said }: Awaited,
): Promise<readonly Member[]> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const members = await patroni.members().catch(() => []);
    if (done(members)) return members;
    if (performance.now() > deadline) {
      throw new Error(`${what} was not seen within ${timeoutMs / 1000} s. Patroni said: ${said.trim() || "nothing"}`);
    }
    await delay(LOOK_INTERVAL_MS);
  }
}
