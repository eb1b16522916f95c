import { reasonOf } from "../kit/errors.ts";
import type { Logger } from "../kit/log.ts";
import type { Postgres } from "../kit/stores/postgres.ts";
import { batch, type Claim, claims } from "./claims.ts";
import type { DispatchMetrics } from "./metrics.ts";
import type { TaskPublisher } from "./publisher.ts";

/** Batches published at once: while the broker is at one, the next is claimed. */
const batchesInFlight = 4;

/** Milliseconds between two looks at the least. */
const shortestDelay = 10;

export interface DispatcherOptions {
  readonly db: Pick<Postgres, "query">;
  readonly publisher: Pick<TaskPublisher, "ready" | "publish">;
  readonly metrics: DispatchMetrics;
  readonly log: Logger;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
  /** Milliseconds between two looks when nothing is due earlier. */
  readonly pollInterval?: number;
}

/**
 * Publishes tasks when they are due. PostgreSQL is asked at intervals, and a timer set for the next task that it
 * knows of. Whoever has scheduled one in this process only brings the next look forward: it is found without that an
 * interval later at most, by this server or another one.
 */
export class TaskDispatcher {
  readonly #options: DispatcherOptions;
  readonly #pollInterval: number;
  readonly #publishing = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> | undefined;
  #again = false;
  #pausedUntil = Number.NEGATIVE_INFINITY;
  #stopped = false;

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#pollInterval = options.pollInterval ?? 1_000;
  }

  /** Looks now, or once more after the look under way. */
  wake(): void {
    if (this.#stopped) return;
    if (this.#round !== undefined) {
      this.#again = true;
      return;
    }
    clearTimeout(this.#timer);
    this.#round = this.#run();
  }

  /**
   * To be called once a task is committed.
   *
   * @param inMs milliseconds until it is due, by a clock that may differ from PostgreSQL's by one interval
   */
  expect(inMs: number): void {
    if (inMs <= 2 * this.#pollInterval) this.wake();
  }

  /** As `wake`, when the broker can be reached again: what failed before is no reason to wait any more. */
  resume(): void {
    this.#pausedUntil = Number.NEGATIVE_INFINITY;
    this.wake();
  }

  /** Resolves once nothing is being published. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#round;
    await Promise.all(this.#publishing);
  }

  async #run(): Promise<void> {
    const { metrics, log } = this.#options;
    let delay = this.#pollInterval;
    try {
      do {
        this.#again = false;
        delay = await this.#dispatch();
      } while (this.#again && !this.#stopped);
    } catch (err) {
      metrics.failures.inc();
      log.warn({ reason: reasonOf(err) }, "due tasks could not be claimed: they stay due");
    }
    this.#round = undefined;
    if (!this.#stopped) this.#timer = setTimeout(() => this.wake(), delay);
  }

  /** @returns milliseconds until the next look */
  async #dispatch(): Promise<number> {
    const { db } = this.#options;
    while (this.#mayClaim()) {
      if (this.#publishing.size >= batchesInFlight) {
        await Promise.race(this.#publishing);
        continue;
      }
      const claimed = await claims.take(db);
      if (claimed.length > 0) this.#start(claimed);
      if (claimed.length < batch) break;
    }
    if (!this.#mayClaim()) return this.#pollInterval;
    const dueIn = (await claims.nextDue(db)) ?? this.#pollInterval;
    // A task that is due and locked is with another replica: looking again at once would only spin.
    return Math.min(this.#pollInterval, Math.max(dueIn, shortestDelay));
  }

  #mayClaim(): boolean {
    return !this.#stopped && this.#options.publisher.ready && this.#options.now() >= this.#pausedUntil;
  }

  #start(claimed: readonly Claim[]): void {
    const publishing = this.#publish(claimed).finally(() => this.#publishing.delete(publishing));
    this.#publishing.add(publishing);
  }

  async #publish(claimed: readonly Claim[]): Promise<void> {
    const { db, publisher, metrics, log, now } = this.#options;
    const claimedAt = now();
    try {
      await publisher.publish(claimed);
    } catch (err) {
      metrics.failures.inc();
      log.warn({ tasks: claimed.length, reason: reasonOf(err) }, "due tasks could not be published: they stay due");
      // Meanwhile another server, with a better connection, may have them.
      this.#pausedUntil = now() + this.#pollInterval;
      await this.#record("released", claims.release(db, claimed));
      return;
    }
    const seconds = (now() - claimedAt) / 1_000;
    for (const { lateness } of claimed) metrics.lateness.observe(lateness + seconds);
    metrics.published.inc(claimed.length);
    await this.#record("confirmed", claims.confirm(db, claimed));
  }

  /** A claim that could not be ended runs out by itself: the tasks are then published once more than needed. */
  async #record(what: string, recorded: Promise<void>): Promise<void> {
    try {
      await recorded;
    } catch (err) {
      this.#options.log.warn({ reason: reasonOf(err) }, `published tasks could not be ${what}: their claim runs out`);
    }
  }
}
