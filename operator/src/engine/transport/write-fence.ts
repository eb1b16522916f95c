/** Says whether a write may leave the process now; throws NotLeaderError if not. */
export interface WriteFence {
  assertMayWrite(): void;
}

/** A write was stopped because another process may lead by now. */
export class NotLeaderError extends Error {
  override readonly name = "NotLeaderError";
}
