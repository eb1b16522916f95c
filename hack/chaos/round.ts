import { eventually } from "../e2e/support/eventually.ts";
import { monotonicMs } from "../e2e/support/monotonic-clock.ts";
import { lostWrites } from "./check/lost-writes.ts";
import { secondPrimary } from "./check/second-primary.ts";
import { writeGap } from "./check/write-gap.ts";
import { foundRows } from "./database.ts";
import { killOperator } from "./faults/kill-operator.ts";
import type { Field } from "./field.ts";
import type { Ledger } from "./ledger.ts";
import type { Members } from "./members.ts";
import { untilWhole } from "./redundancy.ts";
import type { Round } from "./results.ts";
import type { Scenario } from "./scenario.ts";

/** Beyond it, nobody waits for redundancy to come by itself. */
const WHOLE_TIMEOUT_MS = 300_000;
/** About half a second of all writers together. */
const STEADY_WRITES = 60;
const STEADY_TIMEOUT_MS = 60_000;

/** Makes a fault once, waits until the database is whole again, and checks what was acknowledged meanwhile. */
export async function runRound(
  field: Field,
  scenario: Scenario,
  { database, operatorKilled }: { readonly database: string; readonly operatorKilled: boolean },
): Promise<Round> {
  const { ledger, instances, kubectl } = field;
  const whole = (): Promise<Members> => untilWhole(field, instances, WHOLE_TIMEOUT_MS);
  const before = await whole();
  await scenario.prepare?.(field, before);
  const members = scenario.prepare === undefined ? before : await whole();
  const mark = ledger.mark();
  await untilSteady(ledger);

  const began = new Date().toISOString();
  const from = monotonicMs();
  const [lasting] = await Promise.all([
    scenario.strike(field, members),
    operatorKilled ? killOperator(kubectl) : undefined,
  ]);
  let mending = from;
  if (lasting !== undefined) {
    try {
      await lasting.lasted();
    } finally {
      await lasting.undo();
      mending = monotonicMs();
    }
  }
  const { primary } = await whole();
  const redundancyMs = Math.round(monotonicMs() - mending);
  // A gap that goes on is no shorter for the database being whole.
  await untilSteady(ledger);

  const writes = ledger.since(mark);
  const { accepted, late } = secondPrimary(writes);
  return {
    began,
    gapMs: Math.round(writeGap(writes, { from, until: monotonicMs() })),
    redundancyMs,
    acknowledged: writes.length,
    lost: lostWrites(writes, await foundRows(field, primary.pod, database, writes)),
    acceptedByFormer: accepted,
    lateByFormer: late,
    failedOver: new Set(writes.map(({ timeline }) => timeline)).size > 1,
    failures: ledger.failuresSince(from),
  };
}

/** Throws what the writers met instead, when they do not write. */
async function untilSteady(ledger: Ledger): Promise<void> {
  const mark = ledger.mark();
  const from = monotonicMs();
  const look = async (): Promise<true> => {
    const { length } = ledger.since(mark);
    if (length >= STEADY_WRITES) return true;
    const met = Object.entries(ledger.failuresSince(from)).map(([message, times]) => `${times} × ${message}`);
    throw new Error(`${length} writes were acknowledged; ${met.join(", ") || "none failed"}`);
  };
  await eventually(look, { what: "writers write steadily", timeoutMs: STEADY_TIMEOUT_MS });
}
