import { type AcknowledgedWrite, keyOf } from "../acknowledged-write.ts";

/** Those of which the database has no row. `found` has the keys of its rows. */
export function lostWrites(
  acknowledged: readonly AcknowledgedWrite[],
  found: ReadonlySet<string>,
): readonly AcknowledgedWrite[] {
  return acknowledged.filter((write) => !found.has(keyOf(write)));
}
