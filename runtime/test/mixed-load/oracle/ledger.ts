import type { CountedFinding, Finding, FindingKind } from "./finding.ts";

export type WriteKind = "create" | "update" | "upload" | "delete" | "delay";

/** Counts what was acknowledged and checked, and keeps what was found. */
export class Ledger {
  readonly #acknowledged = new Map<WriteKind, number>();
  readonly #found = new Map<string, CountedFinding>();
  #doubtful = 0;
  #reads = 0;

  acknowledge(kind: WriteKind): void {
    this.#acknowledged.set(kind, (this.#acknowledged.get(kind) ?? 0) + 1);
  }

  /** A write was not answered, or with an error after which it may have happened. */
  doubt(): void {
    this.#doubtful += 1;
  }

  /** A read was held against what it may show. */
  check(): void {
    this.#reads += 1;
  }

  /** The first one about a write is kept, those like it are counted. */
  find(finding: Finding): void {
    const key = [finding.kind, finding.profile, finding.write].join("\n");
    const earlier = this.#found.get(key);
    this.#found.set(key, { ...(earlier ?? finding), times: (earlier?.times ?? 0) + 1 });
  }

  get acknowledged(): Readonly<Partial<Record<WriteKind, number>>> {
    return Object.fromEntries(this.#acknowledged);
  }

  get acknowledgedWrites(): number {
    return [...this.#acknowledged.values()].reduce((sum, count) => sum + count, 0);
  }

  get doubtfulWrites(): number {
    return this.#doubtful;
  }

  get checkedReads(): number {
    return this.#reads;
  }

  get findings(): readonly CountedFinding[] {
    return [...this.#found.values()];
  }

  /** How many writes something of these kinds was found of. */
  writes(...kinds: readonly FindingKind[]): number {
    return this.findings.filter(({ kind }) => kinds.includes(kind)).length;
  }

  /** How often something of these kinds was found. */
  times(...kinds: readonly FindingKind[]): number {
    return this.findings.filter(({ kind }) => kinds.includes(kind)).reduce((sum, { times }) => sum + times, 0);
  }
}
