import { type Clock, sleep } from "@profile-platform/operator/engine/kit/clock";
import type { FaultProxy } from "../faults/index.ts";
import { CHAOS_FAULTS, type ChaosFault } from "./chaos-faults.ts";
import type { SeededRandom } from "./random.ts";

/** A fault that was injected; times are monotonic milliseconds. */
export interface Injection {
  readonly fault: ChaosFault;
  readonly from: number;
  /** Undefined while it is in force. */
  readonly until: number | undefined;
}

export interface ChaosOptions {
  readonly proxy: FaultProxy;
  readonly random: SeededRandom;
  readonly clock: Clock;
  readonly faults?: readonly ChaosFault[];
  readonly onInjected?: (fault: ChaosFault) => void;
}

// The operator may pause longer and longer while what it opens does not stand for a second.
const PAUSE_MS = [1_300, 4_000] as const;

/** Injects one fault after the other, and knows which was in force when. */
export class Chaos {
  readonly #options: ChaosOptions;
  readonly #history: { -readonly [Key in keyof Injection]: Injection[Key] }[] = [];
  #bag: ChaosFault[] = [];

  constructor(options: ChaosOptions) {
    this.#options = options;
  }

  get history(): readonly Injection[] {
    return this.#history;
  }

  /** Runs until `signal` aborts; then nothing is in force any more. */
  async run(signal: AbortSignal): Promise<void> {
    const { proxy, random, clock, onInjected } = this.#options;
    while (!signal.aborted) {
      await sleep(clock, random.between(...PAUSE_MS), signal);
      if (signal.aborted) return;
      const fault = this.#draw();
      const entry = { fault, from: clock.monotonic(), until: undefined as number | undefined };
      this.#history.push(entry);
      const injected = fault.inject(proxy, random);
      onInjected?.(fault);
      await sleep(clock, random.between(...fault.lastsMs), signal);
      await injected.end();
      entry.until = clock.monotonic();
    }
  }

  /** Each fault once in an order of chance, then all of them again: none is left out of a short run. */
  #draw(): ChaosFault {
    const { random, faults = CHAOS_FAULTS } = this.#options;
    if (this.#bag.length === 0) this.#bag = [...faults];
    const fault = random.pick(this.#bag);
    this.#bag = this.#bag.filter((one) => one !== fault);
    return fault;
  }
}

/** The watch that a moment's fault broke comes back within this. */
const AFTERMATH_MS = 1_000;

export interface Attribution {
  /** Of the fault that was in the way; "none". */
  readonly fault: string;
  /** From when on an answer was due: the change, or the end of an outage. */
  readonly dueFrom: number;
  /** How much later than usual the answer may be. */
  readonly waitMs: number;
}

/** Which fault a change met that was made at `from` and answered at `until`: the last one that was in force meanwhile. */
export function attribute(history: readonly Injection[], from: number, until: number): Attribution {
  const met = history.filter(
    (injection) => injection.from <= until && (injection.until ?? Number.POSITIVE_INFINITY) + AFTERMATH_MS >= from,
  );
  const outages = met.filter(({ fault }) => fault.outage === true);
  const last = outages.at(-1) ?? met.at(-1);
  const outageEnds = outages.flatMap((injection) => (injection.until === undefined ? [] : [injection.until]));
  return {
    fault: last?.fault.name ?? "none",
    dueFrom: Math.min(until, Math.max(from, ...outageEnds)),
    waitMs: Math.max(0, ...met.map(({ fault }) => fault.waitMs ?? 0)),
  };
}
