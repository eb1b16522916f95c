import { setTimeout as delay } from "node:timers/promises";
import { systemClock } from "@profile-platform/operator/engine/kit/clock";
import type { AuditedChange } from "./auditor.ts";
import { Chaos } from "./chaos.ts";
import { byFault, type SoakReport } from "./figures.ts";
import { type Sample, summarize } from "./latencies.ts";
import { SeededRandom } from "./random.ts";
import { type Scene, startScene } from "./scene.ts";

export interface SoakOptions {
  readonly seed: number;
  /** How long things are broken and changed. */
  readonly minutes: number;
  readonly platforms: number;
  /** How long nothing may be written at the end. */
  readonly restSeconds: number;
  readonly say: (text: string) => void;
}

/** What happened while things were broken and changed. */
interface Course {
  readonly changes: readonly AuditedChange[];
  readonly chaos: Chaos;
}

const TELL_EVERY_MS = 10_000;
const SLOWEST = 5;

/** Breaks the operator's line to the API server and changes platforms for a while, and reports what became of it. */
export async function soak(options: SoakOptions): Promise<SoakReport> {
  const { seed, platforms, restSeconds, say } = options;
  say(`seed ${seed}: ${platforms} platforms are made`);
  const scene = await startScene(platforms);
  try {
    const course = await disturb(scene, options);
    say(`nothing is broken or changed any more: no write may come within ${restSeconds} s`);
    return await conclude(scene, course, options);
  } finally {
    await scene.stop();
  }
}

async function disturb(scene: Scene, { seed, minutes, say }: SoakOptions): Promise<Course> {
  const { proxy, operator, writes } = scene;
  const random = new SeededRandom(seed);
  const changes: AuditedChange[] = [];
  const chaos = new Chaos({ proxy, random: random.fork(), clock: systemClock });
  const mutators = scene.mutators(random, (change) => {
    changes.push(change);
    if (change.latencyMs === undefined) say(`missed: ${describe(change)}`);
  });
  const tell = (): void => {
    writes.look();
    void operator.remember();
    const { missed, p99, max } = summarize(changes);
    say(`${changes.length} changes, ${missed} missed, p99 ${p99} ms, max ${max} ms, ${chaos.history.length} faults`);
  };
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), minutes * 60_000);
  const telling = setInterval(tell, TELL_EVERY_MS);
  await operator.remember();
  try {
    // One that fails ends the others: what it would have found is not known.
    await Promise.all([chaos, ...mutators].map((one) => one.run(stop.signal).finally(() => stop.abort())));
  } finally {
    clearTimeout(timer);
    clearInterval(telling);
  }
  tell();
  return { changes, chaos };
}

async function conclude(
  scene: Scene,
  { changes, chaos }: Course,
  { seed, minutes, platforms, restSeconds }: SoakOptions,
): Promise<SoakReport> {
  const { proxy, operator, writes } = scene;
  await scene.untilQuiet();
  const before = proxy.writes();
  await delay(restSeconds * 1000);
  const writesAtRest = proxy.writes() - before;
  await operator.remember();
  writes.look();
  const { all, faults } = byFault(changes, chaos.history, performance.now());
  const deeds = [...new Set(all.map(({ deed }) => deed))].sort();
  const wrongPaths = [...writes.wrong].map(([what, times]) => `${what} (${times} times)`);
  return {
    seed,
    minutes,
    platforms,
    changes: summarize(all),
    deeds: Object.fromEntries(deeds.map((deed) => [deed, summarize(all.filter((one) => one.deed === deed))])),
    faults,
    missed: changes.filter(({ latencyMs }) => latencyMs === undefined).map(describe),
    slowest: [...all]
      .sort(bySlowness)
      .slice(0, SLOWEST)
      .map((one) => `${describe(one)}, ${one.fault}`),
    wrongState: await scene.wrongState(),
    wrongWrites: [...wrongPaths, ...(await scene.touched())],
    operatorExits: operator.exits,
    memory: operator.memory,
    writesAtRest,
    restSeconds,
    requests: proxy.requests().at(-1)?.id ?? 0,
  };
}

function describe({ deed, object, latencyMs }: AuditedChange): string {
  return `${deed} ${object}: ${latencyMs === undefined ? "no answer" : `${Math.round(latencyMs)} ms`}`;
}

function bySlowness(a: Sample, b: Sample): number {
  return (b.latencyMs ?? Number.POSITIVE_INFINITY) - (a.latencyMs ?? Number.POSITIVE_INFINITY);
}
