/**
 * When keys of the embedded issuer come, sign and go. All of it follows from what the Secrets say of themselves, so that
 * nothing has to be remembered, and an operator that was killed at any point goes on where the other one was.
 *
 * A key is published before its Secret is made, so that at `createdAt` every server is about to know it. A token is
 * signed with the newest key that is old enough, and lives no longer than LONGEST_TOKEN_MS; what time it is is asked of
 * the API server, whose clock `createdAt` comes from. Therefore no token of a key expires later than its successor's
 * `createdAt` + PUBLISHED_MS + LONGEST_TOKEN_MS, however long the spec let tokens live at the time.
 */

/** A key as far as time goes. */
export interface KeyAge {
  readonly kid: string;
  /** `creationTimestamp` of its Secret, in milliseconds since the epoch; undefined when that is yet to be made. */
  readonly createdAt: number | undefined;
}

/** What to do about the keys, and when to look at them again. Times are milliseconds since the epoch. */
export interface KeyRotation {
  /** Keys that stay, oldest first. */
  readonly kept: readonly string[];
  /** Keys of which no token can live any more. */
  readonly retired: readonly string[];
  /** Whether another key is to be made. */
  readonly isDue: boolean;
  /** When the first of these answers is another one; it is later than `now`, and with a key that is due, of no meaning. */
  readonly lookAgainAt: number;
}

/** How long kubelets may take to hand a changed ConfigMap to pods (about two minutes), and servers to read it. */
export const PUBLISHED_MS = 5 * 60_000;

/** The most that the schema allows for `maxTokenLifetime`: what was allowed before a change of the spec is not known. */
export const LONGEST_TOKEN_MS = 24 * 3_600_000;

/** Servers take a token for 30 s after its end, and their clocks are not quite the API server's. */
const TOLERANCE_MS = 5 * 60_000;

/** How long after its successor's creation a key goes. */
export const RETIRED_AFTER_MS = PUBLISHED_MS + LONGEST_TOKEN_MS + TOLERANCE_MS;

/** `intervalMs`: how old the newest key gets before another is made. */
export function rotateKeys(keys: readonly KeyAge[], intervalMs: number, now: number): KeyRotation {
  const sorted = byAge(keys, now);
  const goesAt = (index: number): number => {
    const successor = sorted[index + 1];
    return successor === undefined ? Infinity : (successor.createdAt ?? now) + RETIRED_AFTER_MS;
  };
  const retired = sorted.filter((_, index) => goesAt(index) <= now).map(({ kid }) => kid);
  const newest = sorted.at(-1);
  const dueAt = newest === undefined ? now : (newest.createdAt ?? now) + intervalMs;
  const changes = [dueAt, ...sorted.map((_, index) => goesAt(index))];
  return {
    kept: sorted.map(({ kid }) => kid).filter((kid) => !retired.includes(kid)),
    retired,
    isDue: dueAt <= now,
    lookAgainAt: Math.min(...changes.filter((at) => at > now)),
  };
}

/**
 * The key that signs: the newest that every server knows. Where none is old enough, the oldest: it is the first key of a
 * platform, or what is left after others were revoked. Undefined without any key.
 */
export function signingKeyAt<T extends KeyAge>(keys: readonly T[], now: number): T | undefined {
  const sorted = byAge(keys, now);
  return sorted.findLast(({ createdAt = now }) => createdAt + PUBLISHED_MS <= now) ?? sorted[0];
}

/** Oldest first; keys of one second in the order of their ids, so that everybody has the same one. */
function byAge<T extends KeyAge>(keys: readonly T[], now: number): readonly T[] {
  const time = ({ createdAt }: KeyAge): number =>
    createdAt ?? Math.max(now, ...keys.map((key) => key.createdAt ?? now));
  return [...keys].sort((a, b) => time(a) - time(b) || order(a.kid, b.kid));
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
