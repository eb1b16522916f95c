import { type CircuitBreakerPolicy, CircuitState, ConsecutiveBreaker, circuitBreaker, handleType } from "cockatiel";
import { CircuitOpenError, NotAttemptedError, reasonOf, UnavailableError } from "./errors.ts";
import type { Logger } from "./log.ts";
import { outsideTraces } from "./traces/context.ts";

export const breakerStates = ["closed", "open", "half-open"] as const;
export type BreakerState = (typeof breakerStates)[number];

/** What a breaker tells of itself. */
export interface BreakerObserver {
  stateChanged(state: BreakerState): void;
  /** A call was not made because the circuit is open. */
  refused(): void;
}

export interface BreakerOptions {
  /** As metrics and the log have it. */
  readonly name: string;
  /** As clients are told of it. */
  readonly dependency: string;
  /** Failures in a row after which the dependency is left alone. */
  readonly failures: number;
  /** Milliseconds from the start of one probe of a dependency that is left alone to that of the next. */
  readonly probeInterval: number;
  /** Resolves when the dependency can be used again. It has a time limit of its own, and shares nothing with calls. */
  readonly probe: () => Promise<unknown>;
  /**
   * Whether an error of a call says that the dependency cannot be used; any other one says that it answers. Never asked
   * of a NotAttemptedError, which says neither.
   */
  readonly isFailure: (thrown: unknown) => boolean;
  readonly observer: BreakerObserver;
  readonly log: Logger;
}

/** One call as its breaker sees it. */
export interface Call {
  /** Whether its caller was told that it failed: what has not been sent yet is not to be. */
  readonly cutOff: boolean;
}

/** A call that failed in a way that counts. */
class Failure extends Error {
  override readonly name = "Failure";

  constructor(cause: unknown) {
    super("the dependency failed", { cause });
  }
}

/**
 * Leaves a dependency alone that failed several times in a row, so that callers are refused at once instead of waiting
 * for a time limit each. What was under way when the circuit opens is given up with it. A probe in the background, and
 * no caller, finds out when the dependency answers again.
 */
export class Breaker {
  readonly #options: BreakerOptions;
  readonly #policy: CircuitBreakerPolicy;
  readonly #calls = new Set<{ cutOff: boolean; readonly giveUp: (err: Error) => void }>();
  readonly #openListeners = new Set<() => void>();
  /** Whether the last call that the policy was told of failed. */
  #hasFailed = false;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: BreakerOptions) {
    this.#options = options;
    this.#policy = circuitBreaker(handleType(Failure), {
      // The probe decides when to try again, and is the only one that gets so far. The policy itself would measure the
      // time by a clock that can be set back, and stay open for as long.
      halfOpenAfter: Number.NEGATIVE_INFINITY,
      breaker: new ConsecutiveBreaker(options.failures),
    });
    options.observer.stateChanged("closed");
    this.#policy.onStateChange(() => options.observer.stateChanged(this.state));
    this.#policy.onReset(() => options.log.info({ circuit: options.name }, "a circuit is closed again"));
  }

  get state(): BreakerState {
    const { state } = this.#policy;
    if (state === CircuitState.Closed) return "closed";
    return state === CircuitState.HalfOpen ? "half-open" : "open";
  }

  /** Has a listener called whenever the circuit opens after having been closed. */
  onOpen(listener: () => void): void {
    this.#openListeners.add(listener);
  }

  /**
   * Makes a call unless the circuit is open.
   *
   * @throws CircuitOpenError at once while it is; UnavailableError when it opens meanwhile; what `work` throws
   */
  async run<T>(work: (call: Call) => Promise<T>): Promise<T> {
    const { isFailure, observer, dependency } = this.#options;
    if (this.#policy.state !== CircuitState.Closed) {
      observer.refused();
      throw new CircuitOpenError(dependency);
    }
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const call = { cutOff: false, giveUp: reject };
    this.#calls.add(call);
    const carryOut = async (): Promise<void> => {
      let failure: Failure | undefined;
      try {
        resolve(await work(call));
      } catch (thrown) {
        reject(thrown);
        // One that was not made says nothing.
        if (thrown instanceof NotAttemptedError) return;
        if (isFailure(thrown)) failure = new Failure(thrown);
      } finally {
        this.#calls.delete(call);
      }
      // One that was given up is of the time before the circuit opened.
      if (!call.cutOff) await this.#report(failure);
    };
    void carryOut();
    return promise;
  }

  /** Opens the circuit: something else found out that the dependency cannot be used. */
  async trip(reason: unknown): Promise<void> {
    while (this.#policy.state === CircuitState.Closed && !this.#stopped) {
      await this.#report(new Failure(reason));
    }
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** Tells the policy how a call ended, unless it would change nothing: nearly always it does, and takes its time. */
  async #report(failure: Failure | undefined): Promise<void> {
    if (failure === undefined && !this.#hasFailed) return;
    this.#hasFailed = failure !== undefined;
    await this.#count(() => (failure === undefined ? Promise.resolve() : Promise.reject(failure)));
  }

  /** Never rejects: who called is told by other means. */
  async #count(call: () => Promise<void>): Promise<void> {
    const before = this.state;
    try {
      await this.#policy.execute(call);
    } catch (thrown) {
      if (before === "closed" && this.state === "open") this.#opened(thrown instanceof Failure ? thrown.cause : thrown);
    }
  }

  #opened(cause: unknown): void {
    // Of several that failed together the first one has done it.
    if (this.#timer !== undefined || this.#stopped) return;
    const { name, dependency, log } = this.#options;
    log.warn({ circuit: name, reason: reasonOf(cause) }, "a circuit is open: the dependency is left alone");
    this.#timer = outsideTraces(() => setTimeout(() => void this.#probe(), this.#options.probeInterval));
    for (const listener of this.#openListeners) listener();
    for (const call of this.#calls) {
      call.cutOff = true;
      call.giveUp(new UnavailableError(dependency, "given up together with others that failed", { cause }));
    }
    this.#calls.clear();
  }

  async #probe(): Promise<void> {
    const { probe, probeInterval } = this.#options;
    const startedAt = performance.now();
    try {
      await this.#policy.execute(async () => {
        try {
          await probe();
          // Before the circuit is closed, for from then on it may open again.
          this.#timer = undefined;
        } catch (cause) {
          throw new Failure(cause);
        }
      });
    } catch {
      const left = Math.max(0, startedAt + probeInterval - performance.now());
      if (!this.#stopped) this.#timer = setTimeout(() => void this.#probe(), left);
    }
  }
}
