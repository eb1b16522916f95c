import { Connections, type ConnectionsOptions } from "./connections.ts";
import type { Context } from "./context.ts";
import { figuresOf } from "./figures/phase.ts";
import { readEverything } from "./final-reading.ts";
import { nextOperation } from "./mixture.ts";
import { noting } from "./noting.ts";
import { operations } from "./operations/index.ts";
import { Course } from "./outages/course.ts";
import type { Outage } from "./outages/outage.ts";
import { recovered } from "./outages/recovery.ts";
import { pace } from "./pace.ts";
import { prepare } from "./prepare.ts";
import type { LoadReport } from "./report.ts";

export interface MixedLoadOptions extends Pick<ConnectionsOptions, "urls" | "token" | "count"> {
  /** Requests a second, whether those before were answered or not. */
  readonly rate: number;
  /** So many at least; more while outages go on. */
  readonly requests: number;
  readonly outages: readonly Outage[];
  /** Milliseconds within which everything has to be done again once a service runs again, and read at the end. */
  readonly recoverWithinMs: number;
  /** From 0 to below 1. */
  readonly random: () => number;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
  /** Told of what happens, a line at a time. */
  readonly say: (text: string) => void;
}

/** Milliseconds. As long as a client of the platform waits. */
const answerTimeout = 10_000;

/**
 * Sends a mixture of reads and writes at a rate while services are killed, one after the other, holds every answer
 * against what it may say, and reads everything again at the end.
 */
export async function runMixedLoad(options: MixedLoadOptions): Promise<LoadReport> {
  const { urls, token, count, random, say } = options;
  const begun = options.now();
  const now = (): number => options.now() - begun;
  const connections = new Connections({ urls, token, count, timeoutMs: answerTimeout, now });
  try {
    const context = await prepare(connections, { random, now });
    const problems: string[] = [];
    const course = await carryOut(context, options, problems);
    const phases = course.phases(now()).map((phase) => figuresOf(phase, context.samples.all));
    say("no more is sent: everything that was acknowledged is read again");
    const final = await noting(problems, () => readEverything(context, options.recoverWithinMs));
    return reportOf(context, options, { phases, problems, final });
  } finally {
    connections.close();
  }
}

/** The load and the outages, side by side; where one fails, the other ends. */
async function carryOut(context: Context, options: MixedLoadOptions, problems: string[]): Promise<Course> {
  const { outages, rate, requests, recoverWithinMs, say } = options;
  const { now, random } = context;
  const quietMs = (requests / rate / (2 * outages.length + 1)) * 1000;
  const course = new Course({
    outages,
    quietMs,
    recovered: () => recovered(context, recoverWithinMs),
    now,
    say: (text) => say(`${(now() / 1000).toFixed(1).padStart(7)} s  ${text}`),
  });
  const stop = new AbortController();
  let killing = true;
  // Whatever comes after one of the two has failed would only fail as well.
  const orStop = async (work: () => Promise<void>): Promise<void> => {
    const before = problems.length;
    await noting(problems, work);
    if (problems.length > before) stop.abort();
  };
  const disturbing = orStop(() => course.run(stop.signal)).finally(() => {
    killing = false;
  });
  const pacing = { rate, atLeast: requests, goOn: () => killing, signal: stop.signal, now };
  const sending = orStop(() => pace(pacing, (dueAt) => operations[nextOperation(random())](context, dueAt)));
  await Promise.all([sending, disturbing]);
  return course;
}

/** What is known of a run beside what its parts share. */
type Ending = Pick<LoadReport, "phases" | "problems" | "final">;

function reportOf(context: Context, { rate, requests, count, urls }: MixedLoadOptions, ending: Ending): LoadReport {
  const { ledger, samples, population, targets } = context;
  const there = population.all.filter(({ history }) => history.current !== "gone");
  return {
    rate,
    requests,
    connections: count,
    addresses: urls.length,
    ...ending,
    acknowledged: ledger.acknowledged,
    acknowledgedWrites: ledger.acknowledgedWrites,
    lost: ledger.writes("lost-write", "unended-task"),
    doubtfulWrites: ledger.doubtfulWrites,
    checkedReads: ledger.checkedReads,
    wrongReads: ledger.times("stale-read", "wrong-read"),
    wrongAnswers: ledger.writes("wrong-answer"),
    doubleEffects: ledger.writes("double-effect"),
    findings: ledger.findings,
    samples: samples.all,
    profiles: [...there.map(({ history }) => history.id), ...targets.map(({ id }) => id)],
  };
}
