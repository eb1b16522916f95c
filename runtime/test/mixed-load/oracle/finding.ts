/**
 * lost-write: what was acknowledged is not there, and was not overwritten either.
 * stale-read: a read that was sent after a write had been acknowledged showed what was there before.
 * wrong-read: a read showed what nobody has written.
 * wrong-answer: what a write was answered is not what it asked for.
 * double-effect: a write took effect more than once.
 * unended-task: an acknowledged task was not carried out.
 */
export type FindingKind =
  | "lost-write"
  | "stale-read"
  | "wrong-read"
  | "wrong-answer"
  | "double-effect"
  | "unended-task";

/** What the platform did although it promises not to. */
export interface Finding {
  readonly kind: FindingKind;
  /** Id of the profile that it is about. */
  readonly profile: string;
  /** The write that was broken with. */
  readonly write: string;
  /** What was read, or answered to a later write, instead. */
  readonly read: string;
}

/** A finding, and how often the same write was broken with in the same way. */
export interface CountedFinding extends Finding {
  readonly times: number;
}

export function describeFinding({ kind, profile, write, read, times }: CountedFinding): string {
  return `${kind}: profile ${profile}: ${write}; ${read}${times > 1 ? ` (${times} times)` : ""}`;
}
