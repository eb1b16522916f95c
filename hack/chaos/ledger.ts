import type { AcknowledgedWrite } from "./acknowledged-write.ts";
import type { WriterLine } from "./writer/protocol.ts";

/** Everything that was acknowledged, in the order in which it was told, and why other writes were not. */
export class Ledger {
  readonly #writes: AcknowledgedWrite[] = [];
  readonly #failures: { readonly message: string; readonly at: number }[] = [];
  #broken: Error | undefined;

  note(line: WriterLine): void {
    if ("acknowledged" in line) this.#writes.push(line.acknowledged);
    else this.#failures.push({ message: line.failed, at: line.at });
  }

  /** From now on nothing that the ledger says counts. */
  break(cause: Error): void {
    this.#broken ??= cause;
  }

  /** A place in the ledger, for `since`. Throws when writers have ended that should not have. */
  mark(): number {
    if (this.#broken !== undefined) throw this.#broken;
    return this.#writes.length;
  }

  since(mark: number): readonly AcknowledgedWrite[] {
    if (this.#broken !== undefined) throw this.#broken;
    return this.#writes.slice(mark);
  }

  /** How often each failure was told from a moment on. */
  failuresSince(at: number): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const failure of this.#failures) {
      if (failure.at >= at) counts[failure.message] = (counts[failure.message] ?? 0) + 1;
    }
    return counts;
  }
}
