import type { AuditedChange } from "./auditor.ts";
import { attribute, type Injection } from "./chaos.ts";
import { type Latencies, limitMs, type Sample, summarize, table } from "./latencies.ts";
import type { UsedMemory } from "./memory.ts";

/** What a soak run found. */
export interface SoakReport {
  readonly seed: number;
  readonly minutes: number;
  readonly platforms: number;
  readonly changes: Latencies;
  /** By deed. */
  readonly deeds: Readonly<Record<string, Latencies>>;
  /** By the fault that a change met, with how often the fault was injected. */
  readonly faults: Readonly<Record<string, Latencies & { readonly injected: number }>>;
  /** Changes that were not answered in time, and those that took longest. */
  readonly missed: readonly string[];
  readonly slowest: readonly string[];
  /** What was not as it must be at the end. */
  readonly wrongState: readonly string[];
  /** Writes to what is no platform's, and foreign objects that somebody touched. */
  readonly wrongWrites: readonly string[];
  readonly operatorExits: number;
  /** Of the operator. */
  readonly memory: UsedMemory;
  /** Content writes while nothing changed. */
  readonly writesAtRest: number;
  readonly restSeconds: number;
  readonly requests: number;
}

/** Latencies of changes by the fault that each met; an answer is due when an outage has ended. */
export function byFault(
  changes: readonly AuditedChange[],
  history: readonly Injection[],
  endOfTime: number,
): { readonly all: readonly Attributed[]; readonly faults: SoakReport["faults"] } {
  const all = changes.map((change): Attributed => {
    const until = change.latencyMs === undefined ? endOfTime : change.from + change.latencyMs;
    const { fault, dueFrom, waitMs } = attribute(history, change.from, until);
    const latencyMs = change.latencyMs === undefined ? undefined : Math.max(0, until - dueFrom - waitMs);
    return { ...change, fault, latencyMs };
  });
  const names = ["none", ...new Set(history.map(({ fault }) => fault.name))];
  const faults = names.map((name) => {
    const injected = history.filter(({ fault }) => fault.name === name).length;
    return [name, { injected, ...summarize(all.filter(({ fault }) => fault === name)) }] as const;
  });
  return { all, faults: Object.fromEntries(faults) };
}

export interface Attributed extends AuditedChange, Sample {
  readonly fault: string;
}

/** Sentences about what must not be; empty when all is well. */
export function failures(report: SoakReport): readonly string[] {
  const { missed, wrongState, wrongWrites, operatorExits, writesAtRest, restSeconds, changes, faults } = report;
  const limit = limitMs(faults["none"] ?? changes);
  return [
    ...missed.map((one) => `missed: ${one}`),
    ...wrongState.map((one) => `not as it must be at the end: ${one}`),
    ...wrongWrites.map((one) => `written without any business there: ${one}`),
    ...(operatorExits > 0 ? [`the operator ended ${operatorExits} times`] : []),
    ...(writesAtRest > 0 ? [`${writesAtRest} writes in ${restSeconds} s without any change`] : []),
    ...(changes.changes === 0 ? ["nothing was changed"] : []),
    ...(changes.p99 > limit ? [`p99 of all changes is ${changes.p99} ms, above ${limit} ms`] : []),
  ];
}

/** The report for a terminal. */
export function render(report: SoakReport): string {
  const row = (name: string, { changes, missed, p50, p99, max }: Latencies) => [name, changes, missed, p50, p99, max];
  const head = ["changes", "missed", "p50 ms", "p99 ms", "max ms"];
  const faults = Object.entries(report.faults).map(([name, figures]) => [
    ...row(name, figures).slice(0, 1),
    name === "none" ? "" : figures.injected,
    ...row(name, figures).slice(1),
  ]);
  const { start, end, most, heapKept } = report.memory;
  return [
    table([["fault", "injected", ...head], ...faults, ["all", "", ...row("", report.changes).slice(1)]]),
    "",
    table([["deed", ...head], ...Object.entries(report.deeds).map(([name, figures]) => row(name, figures))]),
    "",
    `slowest: ${report.slowest.join("; ")}`,
    `${report.platforms} platforms, ${report.minutes} min, seed ${report.seed}, ${report.requests} requests of the operator`,
    `memory of the operator: ${start} MiB at the start, ${end} MiB at the end, ${most} MiB at most`,
    `of that, kept on the heap: ${heapKept.first} MiB in the first fifth of the time, ${heapKept.last} MiB in the last`,
    `writes at rest: ${report.writesAtRest} in ${report.restSeconds} s; the operator ended ${report.operatorExits} times`,
  ].join("\n");
}
