import { randomUUID } from "node:crypto";
import { type Clock, sleep, systemClock } from "../kit/clock.ts";
import type { Logger } from "../kit/log.ts";
import type { ControllerMetrics, Metrics } from "../metrics/metrics.ts";
import { SlowPlaces } from "./slow-places.ts";
import type { AddOptions, WorkQueue } from "./work-queue.ts";

export interface ReconcileContext {
  /** Aborted when a stop has waited its time for the reconcile to end, and when the reconcile takes too long. */
  readonly signal: AbortSignal;
  readonly log: Logger;
  readonly reconcileId: string;
}

export interface ReconcileOutcome {
  /** When to look again though nothing changed. */
  readonly requeueAfterMs?: number;
}

/** Brings the world to what `key` (`name` or `namespace/name`) describes; told which, never what happened. */
export interface Reconciler {
  reconcile(key: string, context: ReconcileContext): Promise<ReconcileOutcome>;
}

/** A failure that trying again cannot mend: counted, not retried until something changes. */
export class TerminalError extends Error {
  override readonly name = "TerminalError";
}

/** A failure that may be over at any time without an event that says so: tried again with back-off, within `withinMs`. */
export class RetryError extends Error {
  override readonly name = "RetryError";
  readonly withinMs: number;

  constructor(message: string, withinMs: number, options?: ErrorOptions) {
    super(message, options);
    this.withinMs = withinMs;
  }
}

export interface ControllerOptions {
  readonly name: string;
  readonly reconciler: Reconciler;
  readonly queue: WorkQueue;
  /** Reconciles under way at once, apart from those that have been for more than a second (see SlowPlaces). */
  readonly maxConcurrentReconciles: number;
  /** Milliseconds after which a reconcile is aborted, counted as failed and tried again later. Default 10 min. */
  readonly reconcileTimeoutMs?: number;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly clock?: Clock;
}

const DRAIN_MS = 30_000;
// Far above what the slowest API server makes of the longest reconcile; no object may keep a worker for ever.
const RECONCILE_TIMEOUT_MS = 600_000;

/**
 * Works a queue's keys with a number of workers. A worker that is slow with its key is replaced, and leaves when it is
 * through with it: what hangs holds up no other key.
 */
export class Controller {
  readonly #options: ControllerOptions;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #metrics: ControllerMetrics;
  readonly #slowPlaces: SlowPlaces;

  constructor(options: ControllerOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#log = options.log.child({ controller: options.name });
    this.#metrics = options.metrics.controller(options.name, options.maxConcurrentReconciles);
    this.#slowPlaces = new SlowPlaces(this.#clock);
  }

  enqueue(key: string, options?: AddOptions): void {
    this.#options.queue.add(key, options);
  }

  /**
   * Works until `signal` aborts, then takes nothing new and waits up to 30 s for what is in flight; then aborts that
   * and returns. The queue is shut down when it ends.
   */
  async run(signal: AbortSignal): Promise<void> {
    const inFlight = new AbortController();
    const { promise: allDone, resolve, reject } = Promise.withResolvers<void>();
    let workers = 0;
    const leave = (): void => {
      workers -= 1;
      if (workers === 0) resolve();
    };
    const start = (): void => {
      workers += 1;
      this.#work(signal, inFlight.signal, start).then(leave, reject);
    };
    for (let worker = 0; worker < this.#options.maxConcurrentReconciles; worker++) start();
    const drained = new AbortController();
    await Promise.race([allDone, aborted(signal)]);
    this.#options.queue.shutDown();
    await Promise.race([allDone, sleep(this.#clock, DRAIN_MS, drained.signal)]);
    drained.abort();
    inFlight.abort(new Error("the controller stops"));
  }

  /** Ends when there is nothing more to take, or after a key with which it was so slow that `replace` was called. */
  async #work(signal: AbortSignal, inFlight: AbortSignal, replace: () => void): Promise<void> {
    const { queue } = this.#options;
    for (;;) {
      const key = await queue.next(signal);
      if (key === undefined) {
        return;
      }
      this.#metrics.workers(1);
      const end = this.#slowPlaces.begin(() => {
        queue.setAside(key);
        replace();
      });
      await this.#reconcile(key, inFlight);
      this.#metrics.workers(-1);
      queue.done(key);
      const isReplaced = end();
      if (isReplaced) {
        return;
      }
    }
  }

  async #reconcile(key: string, inFlight: AbortSignal): Promise<void> {
    const { queue, reconciler, reconcileTimeoutMs = RECONCILE_TIMEOUT_MS } = this.#options;
    const reconcileId = randomUUID();
    const log = this.#log.child({ ...nameFields(key), reconcileID: reconcileId });
    const started = this.#clock.monotonic();
    const seconds = (): number => (this.#clock.monotonic() - started) / 1000;
    using limit = timeLimit(this.#clock, reconcileTimeoutMs, inFlight);
    const { signal } = limit;
    try {
      const { requeueAfterMs = 0 } = await reconciler.reconcile(key, { signal, log, reconcileId });
      queue.forget(key);
      if (requeueAfterMs > 0) {
        queue.addAfter(key, requeueAfterMs);
      }
      this.#metrics.reconciled(requeueAfterMs > 0 ? "requeue_after" : "success", seconds());
    } catch (error) {
      this.#metrics.reconciled("error", seconds());
      if (limit.isOver) {
        this.#metrics.timeout();
      }
      this.#fail(key, limit.isOver ? new Error(limit.message, { cause: error }) : error, log);
    }
  }

  #fail(key: string, error: unknown, log: Logger): void {
    const { queue } = this.#options;
    this.#metrics.error();
    if (error instanceof TerminalError) {
      this.#metrics.terminalError();
      queue.forget(key);
      log.error({ error }, "Reconciler error, not retried until something changes");
      return;
    }
    if (isProgrammingError(error)) {
      this.#metrics.panic();
    }
    queue.addRateLimited(key);
    // The earlier of the two stands.
    if (error instanceof RetryError) queue.addAfter(key, error.withinMs);
    log.error({ error }, "Reconciler error");
  }
}

// What Go would have panicked over: a missing value, a bad index, something thrown that is no error at all.
function isProgrammingError(error: unknown): boolean {
  return (
    !(error instanceof Error) ||
    error instanceof TypeError ||
    error instanceof RangeError ||
    error instanceof ReferenceError
  );
}

interface TimeLimit extends Disposable {
  /** Aborts when the time is over, and with the parent. */
  readonly signal: AbortSignal;
  readonly isOver: boolean;
  readonly message: string;
}

function timeLimit(clock: Clock, ms: number, parent: AbortSignal): TimeLimit {
  const controller = new AbortController();
  const over = new Error(`the reconcile did not end within ${ms / 1000} s`);
  const cancel = clock.schedule(() => controller.abort(over), ms);
  const follow = (): void => controller.abort(parent.reason);
  parent.addEventListener("abort", follow);
  if (parent.aborted) {
    follow();
  }
  return {
    signal: controller.signal,
    get isOver() {
      return controller.signal.reason === over;
    },
    message: over.message,
    [Symbol.dispose]: () => {
      cancel();
      parent.removeEventListener("abort", follow);
    },
  };
}

function nameFields(key: string): { namespace?: string; name: string } {
  const slash = key.indexOf("/");
  return slash < 0 ? { name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

function aborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal.aborted) {
    resolve();
  }
  signal.addEventListener("abort", () => resolve(), { once: true });
  return promise;
}
