import type { Running } from "./launch.ts";

export interface HotServiceOptions {
  /** Starts it anew. */
  readonly start: () => Running;
  /** Told of what whoever develops it should know. */
  readonly say: (sentence: string) => void;
}

/** A service that is stopped in good order and started again as often as it is asked for, one after the other. */
export class HotService {
  readonly #start: () => Running;
  readonly #say: (sentence: string) => void;
  #running: Running | undefined;
  /** A restart that goes on, if any. */
  #restart: Promise<void> | undefined;
  /** Whether something has changed since the restart that goes on has begun. */
  #isOutdated = false;
  #isStopped = false;

  constructor({ start, say }: HotServiceOptions) {
    this.#start = start;
    this.#say = say;
  }

  start(): void {
    const running = this.#start();
    this.#running = running;
    void this.#tellOfEnd(running);
  }

  /** What runs now, for who has to end it at once. */
  get running(): Running | undefined {
    return this.#running;
  }

  /** Restarts it. A change that comes in the meantime has it restarted once more. */
  restart(): void {
    this.#isOutdated = true;
    this.#restart ??= this.#restartWhileOutdated().finally(() => (this.#restart = undefined));
  }

  /** Ends it for good. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#restart;
    await this.#running?.stop();
  }

  async #tellOfEnd(running: Running): Promise<void> {
    const { code, signal } = await running.ended;
    if (this.#running !== running || this.#restart !== undefined || this.#isStopped) return;
    const how = code === null ? `by ${signal ?? "a failed start"}` : `with code ${code}`;
    this.#say(`it has ended ${how}: the next change of a file starts it again`);
  }

  async #restartWhileOutdated(): Promise<void> {
    while (this.#isOutdated && !this.#isStopped) {
      this.#isOutdated = false;
      await this.#running?.stop();
      // What changed up to here is read by the one that starts.
      this.#isOutdated = false;
      if (!this.#isStopped) this.start();
    }
  }
}
