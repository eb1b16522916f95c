import type { AcknowledgedWrite } from "../acknowledged-write.ts";

/** What a former primary acknowledged when there was a newer one. */
export interface SecondPrimary {
  /** Sent and acknowledged after the newer one had acknowledged something: both accepted writes. */
  readonly accepted: readonly AcknowledgedWrite[];
  /**
   * Sent before that and acknowledged after it: nothing is wrong as long as it is there at the end, such as when a
   * replica had it already and the answer was late.
   */
  readonly late: readonly AcknowledgedWrite[];
}

/** A server that commits on one timeline. A promotion, and another pod's address, begin the next reign. */
const reignOf = ({ server, timeline }: AcknowledgedWrite): string => `${timeline} ${server}`;

export function secondPrimary(acknowledged: readonly AcknowledgedWrite[]): SecondPrimary {
  const begins = new Map<string, number>();
  for (const write of acknowledged) {
    const reign = reignOf(write);
    begins.set(reign, Math.min(begins.get(reign) ?? Number.POSITIVE_INFINITY, write.at));
  }
  const succession = [...begins].sort(([, a], [, b]) => a - b);
  const ends = new Map(succession.map(([reign], place) => [reign, succession[place + 1]?.[1]] as const));
  const endOf = (write: AcknowledgedWrite) => ends.get(reignOf(write)) ?? Number.POSITIVE_INFINITY;
  const after = acknowledged.filter((write) => write.at > endOf(write));
  return {
    accepted: after.filter((write) => write.sentAt > endOf(write)),
    late: after.filter((write) => write.sentAt <= endOf(write)),
  };
}
