import { problemsOf } from "../checks.ts";
import { type Load, type Sent, sendLoad } from "../load.ts";
import { MIX, PATTERNS } from "../mix.ts";
import { SPARE } from "../population.ts";
import type { Capacity, Operation } from "../results.ts";
import type { Settings } from "../settings.ts";

/** Seconds in which code that is run often is compiled, statements are prepared and caches are filled. */
const WARM_UP_SECONDS = 3;

export interface PartOptions {
  /** The load generator's program. */
  readonly generator: string;
  /** Of the server. */
  readonly url: string;
  readonly pid: number;
  readonly settings: Settings;
  readonly tokens: () => Promise<readonly string[]>;
  /** Takes why a part does not count. */
  readonly problem: (text: string) => void;
  readonly signal: AbortSignal;
}

/** What the parts of one side's turn share. */
export class PartContext {
  readonly #options: PartOptions;
  #loads = 0;
  #spareFrom = SPARE.from;

  constructor(options: PartOptions) {
    this.#options = options;
  }

  get settings(): Settings {
    return this.#options.settings;
  }

  get signal(): AbortSignal {
    return this.#options.signal;
  }

  problem(text: string): void {
    this.#options.problem(text);
  }

  async warmUp(): Promise<void> {
    await this.#send({ pattern: MIX, seconds: WARM_UP_SECONDS });
    // What the mix ended with may have put others into the cache.
    await this.#send({ pattern: PATTERNS.cachedRead, seconds: 1 });
  }

  /**
   * Sends a load for the seconds of a part.
   *
   * @param only the operation that all of it should be
   * @returns undefined when it does not count, which was told
   */
  async send(
    part: string,
    what: Pick<Load, "pattern" | "rate">,
    only?: Operation,
  ): Promise<(Sent & Pick<Capacity, "cores">) | undefined> {
    const load = { ...what, seconds: this.settings.seconds };
    const sent = await this.#send(load);
    const problems = problemsOf(sent, load, part, only);
    for (const problem of problems) this.problem(problem);
    return problems.length > 0 ? undefined : { ...sent, cores: coresOf(sent) };
  }

  async #send(load: Pick<Load, "pattern" | "rate" | "seconds">): Promise<Sent> {
    const { generator, url, pid, settings, tokens, signal } = this.#options;
    this.#loads += 1;
    const { connections } = settings;
    const plan = {
      ...load,
      url,
      connections,
      tokens: await tokens(),
      label: `load-${this.#loads}`,
      spareFrom: this.#spareFrom,
    };
    const sent = await sendLoad(generator, plan, pid, signal);
    // A request that failed may have deleted its profile, and the last ones were never sent.
    this.#spareFrom += (sent.operations.delete?.requests ?? 0) + sent.errors + connections;
    return sent;
  }
}

function coresOf({ serverCpu, cpuSeconds, machineCpu, seconds }: Sent): Capacity["cores"] {
  return { server: serverCpu / seconds, load: cpuSeconds / seconds, machine: machineCpu / seconds };
}
