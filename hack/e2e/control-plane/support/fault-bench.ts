import { appendFile } from "node:fs/promises";
import type { KubernetesObject } from "@profile-platform/operator/kubernetes";
import type { FaultFigures } from "../../../bench/faults/report.ts";
import type { FaultProxy } from "../../../faults/index.ts";
import { type AuditedChange, Auditor } from "../../../soak/auditor.ts";
import { type Deed, deedsFor } from "../../../soak/deeds.ts";
import { DirectApi } from "../../../soak/direct-api.ts";
import { type Latencies, LIMIT_MS, latencyTable, limitMs, summarize, TOLERANCE } from "../../../soak/latencies.ts";
import { eventually } from "../../support/eventually.ts";
import { platformManifest } from "../../support/platform.ts";
import { startBenchProxy } from "./fault-proxy.ts";
import { type OperatorBench, startOperatorBench } from "./operator-bench.ts";
import type { OperatorProcess } from "./operator-process.ts";
import { waitApplied } from "./settled.ts";

/** A fault that is put in force right before changes are made; returns what ends it. */
export type Inject = () => void | (() => void | Promise<void>);

/** An operator behind a fault proxy, platforms at rest, and an auditor with a line of its own. */
export interface FaultBench {
  readonly bench: OperatorBench;
  readonly proxy: FaultProxy;
  readonly operator: OperatorProcess;
  readonly auditor: Auditor;
  /**
   * In each round: changes of several children at once without a fault, until all are answered, then with it. Returns
   * what was missed or late under the fault; empty when the 99th percentile is within what a test allows, or within the
   * limit itself when the figures are recorded.
   */
  late(name: string, inject: Inject, options?: MeasureOptions): Promise<readonly string[]>;
  /** What is not as it must be, of all platforms. */
  wrong(): Promise<readonly string[]>;
  /** Prints a table of everything measured, records it where FAULT_FIGURES says, and ends everything. */
  stop(): Promise<void>;
}

export interface MeasureOptions {
  readonly rounds?: number;
  /** Changes in a round. */
  readonly atOnce?: number;
  readonly deeds?: readonly Deed[];
  /** Milliseconds for the 99th percentile, on a machine that does nothing else; default 1000. */
  readonly limit?: number;
}

/** A file to which figures are added, a line of JSON each (see hack/bench/faults). */
const { FAULT_FIGURES, FAULT_ROUNDS } = process.env;
const ROUNDS = Number(FAULT_ROUNDS ?? 4);
const AT_ONCE = 10;
// A watch that did not last for a second counts as a failure, and is followed by a pause that grows. Real servers end
// watches minutes apart.
const SETTLED_MS = 1_100;

export async function startFaultBench(platforms: readonly string[]): Promise<FaultBench> {
  const bench = await startOperatorBench();
  try {
    return await startOn(bench, platforms);
  } catch (error) {
    await bench.stop();
    throw error;
  }
}

async function startOn(bench: OperatorBench, platforms: readonly string[]): Promise<FaultBench> {
  const proxy = await startBenchProxy(bench);
  const operator = await bench.startOperator({ kubeconfig: proxy.kubeconfigPath });
  const api = DirectApi.connect(bench.kubectl.kubeconfig);
  const auditor = new Auditor({ api });
  for (const name of platforms) {
    await bench.kubectl.apply(platformManifest(name, { namespacePrefix: `${name}-` }));
    await waitApplied(bench.api, name);
  }
  await untilSettled(proxy);
  for (const name of platforms) await auditor.learn(name);
  const watched = watchedPaths(proxy).size;
  const rows: (readonly [string, Latencies])[] = [];
  const quiet: AuditedChange[] = [];
  let next = 0;

  const round = async (
    inject: Inject,
    { deeds, atOnce = AT_ONCE }: MeasureOptions,
  ): Promise<readonly AuditedChange[]> => {
    await untilSettled(proxy, watched);
    const { children } = auditor;
    const chosen = Array.from({ length: atOnce }, () => children[(next += STRIDE) % children.length]);
    const end = inject();
    const changes = [...new Set(chosen)].flatMap((child, index) => {
      const deed = child === undefined ? undefined : pick(child, next + index, deeds);
      return child === undefined || deed === undefined ? [] : [auditor.disturb(child, deed)];
    });
    // All of them, whatever becomes of one: the next round must not begin while any is under way.
    const done = await Promise.allSettled(changes);
    await end?.();
    return done.flatMap((result) => {
      if (result.status === "rejected") throw result.reason;
      return result.value ?? [];
    });
  };
  return {
    bench,
    proxy,
    operator,
    auditor,
    late: async (name, inject, options = {}) => {
      const { rounds = ROUNDS } = options;
      const without: AuditedChange[] = [];
      const changes: AuditedChange[] = [];
      for (let i = 0; i < rounds; i++) {
        without.push(...(await round(() => undefined, options)));
        changes.push(...(await round(inject, options)));
      }
      const figures = summarize(changes);
      const { limit: asked = LIMIT_MS } = options;
      const limit = FAULT_FIGURES === undefined ? limitMs(summarize(without), asked) * TOLERANCE : asked;
      quiet.push(...without);
      rows.push([name, figures]);
      await recordFigures({ name, limitMs: limit, ...figures });
      return figures.missed > 0 || figures.p99 > limit ? describeLate(changes, limit) : [];
    },
    wrong: async () => (await Promise.all(platforms.map((name) => auditor.wrong(name)))).flat(),
    stop: async () => {
      process.stdout.write(`${latencyTable([["no fault", summarize(quiet)], ...rows])}\n`);
      await recordFigures({ name: "no fault", ...summarize(quiet) });
      api.close();
      await proxy.stop();
      await bench.stop();
    },
  };
}

async function recordFigures(figures: FaultFigures): Promise<void> {
  if (FAULT_FIGURES !== undefined) await appendFile(FAULT_FIGURES, `${JSON.stringify(figures)}\n`);
}

// Prime to the number of children, whatever it is: neighbours in a round are of different kinds.
const STRIDE = 17;

function pick(child: KubernetesObject, index: number, deeds: readonly Deed[] | undefined): Deed | undefined {
  const possible = deedsFor(child).filter((deed) => deeds?.includes(deed) ?? true);
  return possible[index % Math.max(1, possible.length)];
}

/** By path: in a black hole, a watch that its client has given up is still open at the server for a while. */
function watchedPaths(proxy: FaultProxy): ReadonlySet<string> {
  return new Set(proxy.watches.list().map(({ path }) => path));
}

/** Waits until the watches stand and have stood for a while. */
function untilSettled(proxy: FaultProxy, paths = 1): Promise<true> {
  return eventually<true>(
    async () => {
      const youngest = Math.max(0, ...proxy.watches.list().map(({ at }) => at));
      const watched = watchedPaths(proxy);
      if (watched.size >= paths && Date.now() - youngest > SETTLED_MS) return true;
      throw new Error(`the youngest watch began ${Date.now() - youngest} ms ago; watched: ${[...watched].join(" ")}`);
    },
    { what: `${paths} collections are watched`, timeoutMs: 60_000, everyMs: 20 },
  );
}

function describeLate(changes: readonly AuditedChange[], limit: number): readonly string[] {
  const late = changes.filter(({ latencyMs = Number.POSITIVE_INFINITY }) => latencyMs > limit);
  return late.map(({ deed, object, latencyMs }) => {
    const took = latencyMs === undefined ? "never" : `only after ${Math.round(latencyMs)} ms, above ${limit} ms`;
    return `${deed} ${object}: answered ${took}`;
  });
}
