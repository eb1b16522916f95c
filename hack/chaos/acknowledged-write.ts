/** A row that a server said it has committed. Times are milliseconds of the machine's monotonic clock. */
export interface AcknowledgedWrite {
  readonly writer: number;
  /** Counts the writes of one writer, those without an answer too. */
  readonly number: number;
  readonly sentAt: number;
  readonly at: number;
  /** Address of the server that committed it. */
  readonly server: string;
  /** Timeline of the write-ahead log that it was committed on: each promotion begins another. */
  readonly timeline: number;
}

/** The key of its row. */
export function keyOf({ writer, number }: Pick<AcknowledgedWrite, "writer" | "number">): string {
  return `${writer},${number}`;
}
