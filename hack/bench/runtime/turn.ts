import type { Services } from "@profile-platform/runtime/test/services";
import type { Progress } from "../../cluster/index.ts";
import { answers, type Command, freePort, Program } from "../program.ts";
import { memoryOf } from "../usage.ts";
import type { Databases } from "./databases.ts";
import { measureAtRate } from "./parts/at-rate.ts";
import { measureCapacity } from "./parts/capacity.ts";
import { PartContext } from "./parts/context.ts";
import { measureLateness } from "./parts/lateness.ts";
import { CAPACITY_PARTS, RATE_PARTS, type Side, type SideResult } from "./results.ts";
import type { Settings } from "./settings.ts";
import { type Programs, type Surroundings, serverCommand, serviceCommand } from "./sides.ts";

export interface TurnOptions {
  readonly round: number;
  readonly side: Side;
  readonly settings: Settings;
  readonly programs: Programs;
  readonly services: Services;
  readonly databases: Databases;
  readonly trust: Readonly<Record<string, string>>;
  /** New tokens for one load: of many subjects, so that nothing is measured that is kept of a single one. */
  readonly tokens: () => Promise<readonly string[]>;
  /** What the server and the worker say. */
  readonly logFile: string;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** Gets what there is after each part. */
  readonly onResult: (result: SideResult) => void;
}

/** Everything that one side does in one round, on a database of its own. */
export async function takeTurn(options: TurnOptions): Promise<void> {
  const { round, side, settings, databases, progress } = options;
  const named = (part: string) => `round ${round} of ${settings.rounds}, ${side}: ${part}`;
  const database = await progress.step(named("database"), () => databases.renew(side));
  const surroundings = {
    services: options.services,
    database,
    trust: options.trust,
    port: await freePort(),
    metricsPort: await freePort(),
  };
  const command = serverCommand(side, options.programs, surroundings, settings.profile);
  const server = await startReady(command, surroundings.port, options);
  try {
    await new Turn(options, server, surroundings, named).run();
  } finally {
    await server.stop();
  }
}

async function startReady(command: Command, port: number, { logFile, signal }: TurnOptions): Promise<Program> {
  const program = await Program.start(command, logFile);
  try {
    const ready = () => answers(`http://127.0.0.1:${port}/ready`);
    await program.until(ready, "is ready", { everyMs: 50, timeoutMs: 60_000, signal });
    return program;
  } catch (error) {
    await program.stop();
    throw error;
  }
}

class Turn {
  readonly #options: TurnOptions;
  readonly #server: Program;
  readonly #surroundings: Surroundings;
  readonly #context: PartContext;
  readonly #named: (part: string) => string;
  #result: SideResult;

  constructor(options: TurnOptions, server: Program, surroundings: Surroundings, named: (part: string) => string) {
    const { round, side, settings, programs, tokens, signal } = options;
    this.#options = options;
    this.#server = server;
    this.#surroundings = surroundings;
    this.#named = named;
    this.#result = { round, side, capacity: {}, atRate: {}, problems: [] };
    this.#context = new PartContext({
      generator: programs.load,
      url: `http://127.0.0.1:${surroundings.port}`,
      pid: server.pid,
      settings,
      tokens,
      problem: (text) => this.#note({ problems: [...this.#result.problems, text] }),
      signal,
    });
  }

  async run(): Promise<void> {
    await this.#part("warming up", () => this.#context.warmUp());
    for (const part of CAPACITY_PARTS) {
      if (!this.#isWanted(part)) continue;
      const measured = await this.#part(part, () => measureCapacity(this.#context, part));
      if (measured !== undefined) this.#note({ capacity: { ...this.#result.capacity, [part]: measured } });
    }
    this.#note({ memoryPeak: memoryOf(this.#server.pid).peak });
    for (const part of RATE_PARTS) {
      const rate = part === "half" ? (this.#result.capacity.mix?.perSecond ?? 0) / 2 : this.#options.settings.rate;
      // What does not count has no half.
      if (!this.#isWanted(part) || rate < 1) continue;
      const measured = await this.#part(`mix at ${Math.round(rate)}/s`, () =>
        measureAtRate(this.#context, part, Math.round(rate)),
      );
      if (measured !== undefined) this.#note({ atRate: { ...this.#result.atRate, [part]: measured } });
    }
    if (this.#options.side === "service" && this.#isWanted("tasks")) await this.#part("tasks", () => this.#tasks());
  }

  async #tasks(): Promise<void> {
    const { services } = this.#options.programs;
    const port = await freePort();
    const metricsPort = await freePort();
    const command = serviceCommand(services, "worker", { ...this.#surroundings, port, metricsPort });
    const worker = await startReady(command, port, this.#options);
    try {
      const { databases } = this.#options;
      const look = () => databases.lateness(this.#surroundings.database);
      const lateness = await measureLateness(this.#context, look);
      if (lateness !== undefined) this.#note({ lateness });
    } finally {
      await worker.stop();
    }
  }

  #isWanted(part: Settings["parts"][number]): boolean {
    return this.#options.settings.parts.includes(part);
  }

  #part<T>(name: string, action: (note: (text: string) => void) => Promise<T>): Promise<T> {
    this.#options.signal.throwIfAborted();
    return this.#options.progress.step(this.#named(name), action);
  }

  /** Parts that are done are kept, whatever becomes of the next one. */
  #note(more: Partial<SideResult>): void {
    this.#result = { ...this.#result, ...more };
    this.#options.onResult(this.#result);
  }
}
