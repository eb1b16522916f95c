import type { OperationName } from "../mixture.ts";

/**
 * succeeded: carried out, and answered so. settled: refused, because a write before it that was not answered had
 * happened. failed: anything else.
 */
export type Outcome = "succeeded" | "settled" | "failed";

/** What became of one request. Moments are milliseconds since the load began. */
export interface Sample {
  readonly operation: OperationName;
  readonly dueAt: number;
  readonly answeredAt: number;
  /** Undefined when no answer came. */
  readonly status: number | undefined;
  readonly outcome: Outcome;
  /** Of a profile that was read: whether it came from the cache. */
  readonly cached?: boolean;
}

const reading: ReadonlySet<OperationName> = new Set(["read", "readTask"]);

export function isWrite({ operation }: Sample): boolean {
  return !reading.has(operation);
}
