import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { expect } from "vitest";
import { type FaultProxy, type SeenRequest, slow, startFaultProxy } from "../../../faults/index.ts";
import { eventually } from "../../support/eventually.ts";
import { comparable } from "./comparable.ts";
import { type CrashPoint, CrashPoints } from "./crash-points.ts";
import type { OperatorBench } from "./operator-bench.ts";
import { type OperatorProcess, PLATFORM_RECONCILES } from "./operator-process.ts";
import { readyPlatforms, unreadyPlatforms } from "./platforms.ts";
import { type PlatformState, readSecrets, readStates } from "./state.ts";

export type Comparable = ReturnType<typeof comparable>;

/** One way through the operator, from something that somebody does until everything is as it has to be. */
export interface Path {
  /** Does what the path begins with. */
  readonly begin: (platform: string) => Promise<void>;
  /** What every platform must look like at the end, whatever happened on the way. */
  readonly expected: Comparable;
}

/** What a batch of crashes found: the writes of each path that came to its end before its point. */
export interface BatchResult {
  readonly finishedAfter: readonly number[];
}

/**
 * An operator behind a proxy, crashed again and again. The process that mends a crash is itself the victim of the next.
 */
export class CrashSweep {
  readonly proxy: FaultProxy;
  readonly #bench: OperatorBench;
  /** Paths of deletions that did not say which object they meant. */
  readonly #careless: string[] = [];
  #operator: OperatorProcess | undefined;
  #args: readonly string[] = [];

  private constructor(bench: OperatorBench, proxy: FaultProxy) {
    this.#bench = bench;
    this.proxy = proxy;
  }

  static async start(bench: OperatorBench): Promise<CrashSweep> {
    const proxy = await startFaultProxy({ upstreamKubeconfig: bench.kubeconfig, dir: join(bench.dir, "proxy") });
    const sweep = new CrashSweep(bench, proxy);
    await sweep.#start();
    return sweep;
  }

  /** What a platform looks like when nobody disturbs it, once `isDone` and nothing changes any more. */
  async undisturbed(platform: string, isDone: (state: PlatformState) => boolean): Promise<Comparable> {
    let last: Comparable | undefined;
    return eventually(
      async () => {
        const found = await this.#stateOf(platform);
        const state = isDone(found) ? comparable(found) : undefined;
        const settled = state !== undefined && isDeepStrictEqual(state, last);
        last = state;
        return settled ? state : undefined;
      },
      { what: `platform ${platform} is done`, timeoutMs: 60_000, everyMs: 1_000 },
    );
  }

  /** Begins the path for each platform, crashes each at its point, and lets a fresh operator go on. */
  async crash({ begin, expected }: Path, points: ReadonlyMap<string, CrashPoint>): Promise<BatchResult> {
    const platforms = [...points.keys()];
    const before = await readSecrets(this.#bench.api, platforms);
    // It has seen all of them: what it knows of a Secret, it knows when that is deleted. Writes of this first look are
    // none of the path's, and are not counted.
    await this.#untilIdle();
    const crash = CrashPoints.arm(this.proxy, points);
    let finished: readonly string[];
    try {
      await Promise.all(platforms.map((platform) => begin(platform)));
      finished = await this.#untilCrashed(platforms, crash, expected);
      if ([...points.values()].some(({ answer }) => answer !== "lost")) await this.#kill();
    } finally {
      // Of one that failed as well: what comes after it has an operator that gets answers.
      crash.disarm();
    }
    const visible = await readSecrets(this.#bench.api, platforms);
    if (this.#operator === undefined) await this.#start();
    await this.#untilMended(points, expected);
    const mended = await readSecrets(this.#bench.api, platforms);
    expect(mended).toMatchObject(visible);
    expect(mended).toMatchObject(before);
    expect(this.#careless).toEqual([]);
    return { finishedAfter: finished.map((platform) => crash.writes(platform)) };
  }

  /** Ends the operator as an upgrade does, and starts one that is told something else by flags; so are those after it. */
  async upgrade(args: readonly string[]): Promise<void> {
    await this.#operator?.stop();
    this.#args = args;
    await this.#start();
  }

  async stop(): Promise<void> {
    await this.#operator?.kill();
    await this.proxy.stop();
  }

  /** It gets no chance to end anything. */
  async #kill(): Promise<void> {
    await this.#operator?.kill();
    this.#operator = undefined;
    await this.proxy.restore();
    await this.#bench.deleteLease();
  }

  async #start(): Promise<void> {
    this.proxy.rule({ match: { methods: ["DELETE"], where: (request) => this.#look(request) }, fault: slow({}) });
    const args = ["--max-concurrent-reconciles", "64", ...this.#args];
    this.#operator = await this.#bench.startOperator({ kubeconfig: this.proxy.kubeconfigPath, args });
  }

  /** What is deleted has to be what was looked at. */
  #look({ path, body }: SeenRequest): boolean {
    const { preconditions } = JSON.parse(body === "" ? "{}" : body) as {
      readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
    };
    if (preconditions?.uid === undefined || preconditions.resourceVersion === undefined) this.#careless.push(path);
    return false;
  }

  /** Returns those that came to the end of the path before their point. */
  async #untilCrashed(
    platforms: readonly string[],
    crash: CrashPoints,
    expected: Comparable,
  ): Promise<readonly string[]> {
    const open = () => platforms.filter((platform) => !crash.isReached(platform));
    return eventually(
      async () => {
        const pending = open();
        // Whole states are worth reading only when nothing else is awaited.
        if (pending.length > 0 && !(await this.#areReady(pending))) return undefined;
        const states = await this.#states(pending);
        const finished = pending.filter((platform) => isEqual(states.get(platform), expected));
        return open().every((platform) => finished.includes(platform)) ? open() : undefined;
      },
      { what: "each platform is at its point, or at the end", timeoutMs: 90_000, everyMs: 250 },
    );
  }

  async #untilMended(points: ReadonlyMap<string, CrashPoint>, expected: Comparable): Promise<void> {
    const platforms = [...points.keys()];
    await eventually(
      async () => {
        expect(await unreadyPlatforms(this.#bench.api, platforms)).toEqual([]);
        const states = await this.#states(platforms);
        for (const [platform, { after }] of points) {
          const state = states.get(platform);
          const found = state === undefined ? undefined : comparable(state);
          expect(found, `${platform}, crashed after ${after} writes`).toEqual(expected);
        }
        return true;
      },
      { what: "every platform looks as if nothing had happened", timeoutMs: 90_000, everyMs: 1_000 },
    );
  }

  async #untilIdle(): Promise<void> {
    const count = (await readyPlatforms(this.#bench.api)).size;
    await eventually(
      async () => {
        const reconciles = (await this.#operator?.metric(PLATFORM_RECONCILES)) ?? 0;
        const active = await this.#operator?.metric("controller_runtime_active_workers");
        return (reconciles >= count && active === 0) || undefined;
      },
      { what: `${count} platforms are reconciled`, timeoutMs: 60_000, everyMs: 50 },
    );
  }

  async #areReady(platforms: readonly string[]): Promise<boolean> {
    const ready = await readyPlatforms(this.#bench.api);
    return platforms.every((platform) => ready.has(platform));
  }

  #states(platforms: readonly string[]): Promise<ReadonlyMap<string, PlatformState>> {
    return readStates(this.#bench.api, platforms);
  }

  async #stateOf(platform: string): Promise<PlatformState> {
    return (await this.#states([platform])).get(platform) ?? { platform, objects: [] };
  }
}

/**
 * Crashes after 1, 2, 3, … writes until the path ends before its point, and returns how many there are. `batch` names
 * the platforms of the next points.
 */
export async function sweepAll(
  sweep: CrashSweep,
  pointAfter: (writes: number) => CrashPoint,
  batch: (first: number) => Promise<{ readonly platforms: readonly string[]; readonly path: Path }>,
): Promise<number> {
  for (let first = 1; ; ) {
    const { platforms, path } = await batch(first);
    const points = new Map(platforms.map((platform, index) => [platform, pointAfter(first + index)]));
    const { finishedAfter } = await sweep.crash(path, points);
    // Every point up to the shortest of the runs that came to the end was reached.
    if (finishedAfter.length > 0) return Math.min(...finishedAfter);
    first += platforms.length;
  }
}

function isEqual(state: PlatformState | undefined, expected: Comparable): boolean {
  return state !== undefined && isDeepStrictEqual(comparable(state), expected);
}
