import { eventually } from "../../e2e/support/eventually.ts";
import type { Ledger } from "../ledger.ts";

const TIMEOUT_MS = 90_000;

/** Waits until a server other than `address` has acknowledged a write that the ledger did not have at the mark. */
export async function anotherPrimary(ledger: Ledger, mark: number, address: string): Promise<void> {
  await eventually(async () => (ledger.since(mark).some(({ server }) => server !== address) ? true : undefined), {
    what: "another instance of PostgreSQL acknowledges writes",
    timeoutMs: TIMEOUT_MS,
    everyMs: 10,
  });
}
