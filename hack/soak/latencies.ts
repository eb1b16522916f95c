/** What became of one change. */
export interface Sample {
  /** Milliseconds until it was answered; undefined: it was not within the time. */
  readonly latencyMs: number | undefined;
}

/** Figures of many changes, in milliseconds. */
export interface Latencies {
  readonly changes: number;
  readonly missed: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** Percentiles by nearest rank, so that each is a value that was measured. */
export function summarize(samples: readonly Sample[]): Latencies {
  const measured = samples.flatMap(({ latencyMs }) => latencyMs ?? []).sort((a, b) => a - b);
  const at = (share: number): number => Math.round(measured[Math.max(0, Math.ceil(measured.length * share) - 1)] ?? 0);
  return {
    changes: samples.length,
    missed: samples.length - measured.length,
    p50: at(0.5),
    p99: at(0.99),
    max: at(1),
  };
}

/** A table for a terminal, a row a name. */
export function latencyTable(rows: readonly (readonly [name: string, figures: Latencies])[]): string {
  const head = ["", "changes", "missed", "p50 ms", "p99 ms", "max ms"];
  const cells = rows.map(([name, { changes, missed, p50, p99, max }]) => [name, changes, missed, p50, p99, max]);
  return table([head, ...cells]);
}

/** Columns side by side: the first to the left, the others, which are numbers, to the right. */
export function table(rows: readonly (readonly (string | number)[])[]): string {
  const texts = rows.map((row) => row.map(String));
  const widths = (texts[0] ?? []).map((_, column) => Math.max(...texts.map((row) => row[column]?.length ?? 0)));
  const pad = (cell: string, column: number): string =>
    column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
  return texts.map((row) => row.map(pad).join("  ").trimEnd()).join("\n");
}

/** What the 99th percentile of changes must keep to, through every fault. */
export const LIMIT_MS = 1000;
// Ten changes at once without any fault, on two cores that do nothing else.
const QUIET_P99_MS = 250;

/**
 * A test tells an operator that is deaf for a while from one that is not, on whatever machine it runs: it allows so many
 * times the limit. The limit itself is held against figures of a quiet machine, by `make bench-faults` and `make soak`.
 */
export const TOLERANCE = 3;

/**
 * The limit on this machine as it is now: one that takes longer than a quiet one without any fault gets as much longer
 * with one. On a quiet machine it is LIMIT_MS.
 */
export function limitMs(withoutFault: Latencies, limit = LIMIT_MS): number {
  return Math.round(limit * Math.max(1, withoutFault.p99 / QUIET_P99_MS));
}
