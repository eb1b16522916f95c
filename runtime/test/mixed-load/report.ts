import type { PhaseFigures } from "./figures/phase.ts";
import type { Sample } from "./figures/sample.ts";
import type { FinalReading } from "./final-reading.ts";
import { type CountedFinding, describeFinding } from "./oracle/finding.ts";
import type { WriteKind } from "./oracle/ledger.ts";

/** What a run came to. */
export interface LoadReport {
  /** Requests a second. */
  readonly rate: number;
  /** As many as were asked for; those that were sent are in the phases. */
  readonly requests: number;
  readonly connections: number;
  readonly addresses: number;
  readonly phases: readonly PhaseFigures[];
  readonly acknowledged: Readonly<Partial<Record<WriteKind, number>>>;
  readonly acknowledgedWrites: number;
  readonly lost: number;
  /** Writes that were not answered, or with an error after which they may have happened. */
  readonly doubtfulWrites: number;
  readonly checkedReads: number;
  readonly wrongReads: number;
  readonly wrongAnswers: number;
  readonly doubleEffects: number;
  /** Undefined when not everything could be read. */
  readonly final: FinalReading | undefined;
  readonly findings: readonly CountedFinding[];
  /** Why the run did not come to its end, or what it did not get to see. */
  readonly problems: readonly string[];
  readonly samples: readonly Sample[];
  /** Ids of the profiles that the run leaves. */
  readonly profiles: readonly string[];
}

/** Whether nothing was lost or wrong, and the platform recovered each time. */
export function held({ findings, problems }: LoadReport): boolean {
  return findings.length === 0 && problems.length === 0;
}

const mostFindings = 20;

/** The report for a terminal. */
export function renderReport(report: LoadReport): string {
  const { findings, problems } = report;
  const hidden = findings.length - mostFindings;
  return [
    phaseTable(report.phases),
    "Latency is from the moment a request was due, of those that were carried out.",
    "",
    ...totals(report),
    ...findings.slice(0, mostFindings).map((finding) => `✗ ${describeFinding(finding)}`),
    ...(hidden > 0 ? [`✗ and ${hidden} findings more`] : []),
    ...problems.map((problem) => `✗ ${problem}`),
  ].join("\n");
}

function totals(report: LoadReport): readonly string[] {
  const { acknowledged, acknowledgedWrites, lost, doubtfulWrites, checkedReads, wrongReads } = report;
  const { wrongAnswers, doubleEffects, final, phases } = report;
  const sent = phases.reduce((sum, { requests }) => sum + requests, 0);
  const failed = phases.reduce((sum, { failed }) => sum + failed, 0);
  const kinds = (Object.entries(acknowledged) as [WriteKind, number][]).map(
    ([kind, count]) => `${names[kind]} ${count}`,
  );
  return [
    `${sent} requests, ${failed} of them failed (${percent(failed, sent, 2)})`,
    `${acknowledgedWrites} acknowledged writes, ${lost} lost; ${doubleEffects} took effect twice, ${wrongAnswers} were answered wrongly`,
    `  ${kinds.join(", ")}`,
    `  ${doubtfulWrites} more were not answered, or with an error: whatever became of them was allowed`,
    `${checkedReads} reads, ${wrongReads} wrong`,
    final === undefined
      ? "at the end not everything could be read"
      : `read again at the end: ${final.profiles} profiles at each address, ${final.tasks} tasks, ${final.images} images in all sizes`,
  ];
}

const names: Readonly<Record<WriteKind, string>> = {
  create: "creations",
  update: "updates",
  upload: "images",
  delete: "deletions",
  delay: "delayed tasks",
};

const head: readonly string[] = [
  "",
  "s",
  "requests",
  "failed",
  "p50 ms",
  "p99 ms",
  "max ms",
  "no write s",
  "cached",
  "failed with",
];

function phaseTable(phases: readonly PhaseFigures[]): string {
  const rows = phases.map((phase) => [
    phase.name,
    ((phase.to - phase.from) / 1000).toFixed(1),
    String(phase.requests),
    percent(phase.failed, phase.requests, 2),
    ...[phase.p50, phase.p99, phase.max].map((value) => value.toFixed(0)),
    (phase.writeGap / 1000).toFixed(1),
    percent(phase.cached, phase.profiles, 0),
    Object.entries(phase.failures)
      .map(([status, count]) => `${count} × ${status}`)
      .join(", "),
  ]);
  const all: readonly (readonly string[])[] = [head, ...rows];
  const width = (column: number): number => Math.max(...all.map((row) => row[column]?.length ?? 0));
  const isText = (column: number): boolean => column === 0 || column === head.length - 1;
  const pad = (cell: string, column: number): string =>
    isText(column) ? cell.padEnd(width(column)) : cell.padStart(width(column));
  return all.map((row) => row.map(pad).join("  ").trimEnd()).join("\n");
}

function percent(part: number, whole: number, digits: number): string {
  return `${(whole === 0 ? 0 : (100 * part) / whole).toFixed(digits)} %`;
}
