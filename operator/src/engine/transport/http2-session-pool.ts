import { backoffMs } from "../kit/backoff.ts";
import type { Clock, Random } from "../kit/clock.ts";
import { ConnectTimeoutError, isNetworkError } from "./connect-error.ts";
import type { ConnectLimits } from "./http2-connect.ts";

/** A connection as the pool sees it. */
export interface PooledConnection {
  readonly isOpen: boolean;
  readonly hasRoom: boolean;
  /** Nothing is under way on it. */
  readonly isIdle: boolean;
  close(): void;
}

export interface Http2SessionPoolOptions<T extends PooledConnection> {
  /** Calls `onChange` whenever the connection has room again or takes no more. */
  readonly connect: (limits: ConnectLimits, onChange: () => void) => Promise<T>;
  /** More wait until one of these has room. */
  readonly maxConnections: number;
  readonly clock: Clock;
  readonly random: Random;
}

interface Waiter<T> {
  readonly since: number;
  /** Called with a connection that has room, and takes it up before it returns. */
  readonly serve: (connection: T) => void;
  readonly fail: (error: unknown) => void;
}

const TCP_LIMIT = { baseMs: 1000, maxMs: 2000 };
const HANDSHAKE_LIMIT = { baseMs: 1000, maxMs: 8000 };
const RECONNECT_BACKOFF = { baseMs: 20, maxMs: 500 };
// A server that restarts is away for some seconds.
const LONGEST_WAIT_MS = 10_000;

/** The pool has been closed: what waits may begin anew with another. */
export class PoolClosedError extends Error {
  override readonly name = "PoolClosedError";
}

/**
 * Connections of one kind to one server, made as needed, one at a time, and filled one after the other. What finds no
 * room waits in order.
 *
 * A pool that has been connected waits up to 10 s for a server that is gone, trying twice a second: it does not help
 * when thousands of watches try it each for itself. One that never was connected passes on a refusal at once.
 */
export class Http2SessionPool<T extends PooledConnection> {
  readonly #options: Http2SessionPoolOptions<T>;
  readonly #connections = new Set<T>();
  #waiting: Waiter<T>[] = [];
  #state: "idle" | "connecting" | "pausing" = "idle";
  #cancelPause: () => void = () => undefined;
  #wasConnected = false;
  #failures = 0;
  #timeouts = 0;
  #closed = false;

  constructor(options: Http2SessionPoolOptions<T>) {
    this.#options = options;
  }

  /**
   * Calls `start` as soon as a connection has room, and resolves with what it returns or rejects with what it throws.
   * Rejects with the signal's reason if it aborts before.
   */
  use<R>(signal: AbortSignal, start: (connection: T) => R): Promise<R> {
    if (signal.aborted) {
      return Promise.reject(signal.reason as Error);
    }
    const { promise, resolve, reject } = Promise.withResolvers<R>();
    const leave = (): void => {
      this.#waiting = this.#waiting.filter((other) => other !== waiter);
      reject(signal.reason);
    };
    const waiter: Waiter<T> = {
      since: this.#options.clock.monotonic(),
      serve: (connection) => {
        signal.removeEventListener("abort", leave);
        try {
          resolve(start(connection));
        } catch (error) {
          reject(error);
        }
      },
      fail: (error) => {
        signal.removeEventListener("abort", leave);
        reject(error);
      },
    };
    signal.addEventListener("abort", leave, { once: true });
    this.#waiting.push(waiter);
    this.#serve();
    return promise;
  }

  /** Makes one more connection, whether there is room or not, unless one is being made already. */
  makeAnother(): void {
    if (!this.#closed && this.#state === "idle") void this.#connect();
  }

  /** Closes the connections that nothing uses: what comes next begins with another. */
  closeIdle(): void {
    for (const connection of this.#connections) {
      if (connection.isIdle) connection.close();
    }
  }

  /** Connections close when what uses them has ended; what waits fails with PoolClosedError. */
  close(): void {
    this.#closed = true;
    this.#cancelPause();
    for (const connection of this.#connections) {
      connection.close();
    }
    this.#failAll(new PoolClosedError("the connection is no longer used"));
  }

  #serve(): void {
    if (this.#closed) {
      this.#failAll(new PoolClosedError("the connection is no longer used"));
      return;
    }
    while (this.#waiting.length > 0) {
      const connection = this.#withRoom();
      if (connection === undefined) {
        if (this.#connections.size < this.#options.maxConnections && this.#state === "idle") {
          void this.#connect();
        }
        return;
      }
      this.#waiting.shift()?.serve(connection);
    }
  }

  #withRoom(): T | undefined {
    for (const connection of this.#connections) {
      if (connection.hasRoom) {
        return connection;
      }
    }
    return undefined;
  }

  async #connect(): Promise<void> {
    this.#state = "connecting";
    const limits = {
      tcpMs: Math.min(TCP_LIMIT.baseMs * 2 ** this.#timeouts, TCP_LIMIT.maxMs),
      handshakeMs: Math.min(HANDSHAKE_LIMIT.baseMs * 2 ** this.#timeouts, HANDSHAKE_LIMIT.maxMs),
    };
    try {
      const connection = await this.#options.connect(limits, () => this.#onChange(connection));
      this.#state = "idle";
      this.#wasConnected = true;
      this.#failures = 0;
      this.#timeouts = 0;
      this.#add(connection);
    } catch (error) {
      this.#state = "idle";
      this.#onFailure(error);
    }
  }

  #add(connection: T): void {
    if (this.#closed) {
      connection.close();
      return;
    }
    this.#connections.add(connection);
    this.#onChange(connection);
  }

  #onChange(connection: T): void {
    if (!connection.isOpen) {
      this.#connections.delete(connection);
    }
    this.#serve();
  }

  #onFailure(error: unknown): void {
    const { clock, random } = this.#options;
    const timedOut = error instanceof ConnectTimeoutError;
    const patient = timedOut || (this.#wasConnected && isNetworkError(error));
    const tooOld = patient ? clock.monotonic() - LONGEST_WAIT_MS : Number.POSITIVE_INFINITY;
    const failed = this.#waiting.filter(({ since }) => since <= tooOld);
    this.#waiting = this.#waiting.filter(({ since }) => since > tooOld);
    for (const waiter of failed) {
      waiter.fail(error);
    }
    this.#failures += 1;
    if (timedOut) {
      // It has taken its time already.
      this.#timeouts += 1;
      this.#serve();
      return;
    }
    this.#state = "pausing";
    this.#cancelPause = clock.schedule(
      () => {
        this.#state = "idle";
        this.#serve();
      },
      backoffMs(this.#failures, RECONNECT_BACKOFF, random),
    );
  }

  #failAll(error: Error): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const waiter of waiting) {
      waiter.fail(error);
    }
  }
}
