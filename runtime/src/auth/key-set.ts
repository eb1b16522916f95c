import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from "jose";
import { reasonOf } from "../kit/errors.ts";
import type { Logger } from "../kit/log.ts";
import { type Backoff, backoffDelay, withTimeout } from "../kit/retry.ts";
import type { KeySource } from "./key-source.ts";
import type { AuthMetrics } from "./metrics.ts";
import { usableKeys } from "./usable-keys.ts";

/** How often keys are read, in milliseconds. */
export interface Pace {
  /** From one read to the next. */
  readonly interval: number;
  /** Between two reads for the sake of a key that is not known: anybody can name one. */
  readonly shortest: number;
  /** After reads that failed. */
  readonly backoff: Backoff;
}

export interface KeySetOptions {
  readonly source: KeySource;
  readonly algorithms: readonly string[];
  readonly pace: Pace;
  readonly metrics: Pick<AuthMetrics, "reads" | "keys">;
  readonly log: Logger;
  /** Milliseconds, of a clock that nobody sets. */
  readonly now: () => number;
  /** In [0, 1). */
  readonly random: () => number;
}

/** No key has ever been had: nothing can be said of any token. */
export class KeysUnavailableError extends Error {
  override readonly name = "KeysUnavailableError";
}

/** Milliseconds that a request waits for the keys to be read again. */
const patience = 2_000;

/**
 * The keys of an issuer as they were last read. They are read again from time to time, and when a token names one that
 * is not among them; when that fails, the last good ones go on.
 */
export class KeySet {
  readonly #options: KeySetOptions;
  #find: JWTVerifyGetKey | undefined;
  #contents = "";
  #generation = 0;
  #began = Number.NEGATIVE_INFINITY;
  #readAt: number;
  #failures = 0;
  #reported = "";
  #reading: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: KeySetOptions) {
    this.#options = options;
    this.#readAt = options.now();
  }

  /** Reads the keys, and goes on doing so. Resolves after the first time, whatever came of it. */
  async start(): Promise<void> {
    await this.#read();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** Rejects as long as no keys have been had. */
  async check(): Promise<void> {
    if (this.#find === undefined) throw this.#unavailable();
  }

  /** Another number whenever the keys have become others. */
  get generation(): number {
    return this.#generation;
  }

  /** Milliseconds since the keys were last read, or since the start. */
  age(): number {
    return this.#options.now() - this.#readAt;
  }

  /**
   * The key that a token says it is signed with.
   *
   * @throws KeysUnavailableError; JWKSNoMatchingKey when there is none, also after another look
   */
  readonly find: JWTVerifyGetKey = async (header, token) => {
    if (this.#find === undefined) throw this.#unavailable();
    try {
      return await this.#find(header, token);
    } catch (err) {
      if (!(err instanceof errors.JWKSNoMatchingKey)) throw err;
      await this.#lookAgain();
      return this.#find(header, token);
    }
  };

  #unavailable(): KeysUnavailableError {
    return new KeysUnavailableError(`the keys at ${this.#options.source.name} have not been had yet`);
  }

  /** Not while reads fail: the back-off decides then, not whoever makes up names of keys. */
  async #lookAgain(): Promise<void> {
    const { now, pace } = this.#options;
    const may = this.#failures === 0 && now() - this.#began >= pace.shortest;
    const reading = this.#reading ?? (may ? this.#read() : undefined);
    if (reading !== undefined) await withTimeout(reading, patience, "reading the keys").catch(() => undefined);
  }

  #read(): Promise<void> {
    this.#reading ??= this.#readOnce().finally(() => {
      this.#reading = undefined;
      this.#schedule();
    });
    return this.#reading;
  }

  async #readOnce(): Promise<void> {
    const { source, algorithms, metrics, now } = this.#options;
    this.#began = now();
    try {
      this.#take(await usableKeys(await source.read(), algorithms));
      this.#readAt = now();
      this.#failures = 0;
      metrics.reads.inc({ result: "succeeded" });
    } catch (err) {
      this.#failures += 1;
      metrics.reads.inc({ result: "failed" });
      this.#report(reasonOf(err));
    }
  }

  #take(keys: JSONWebKeySet): void {
    const { source, log, metrics } = this.#options;
    if (this.#reported !== "") log.info({ source: source.name }, "the keys of the issuer can be read again");
    this.#reported = "";
    const contents = JSON.stringify(keys);
    if (contents === this.#contents) return;
    this.#contents = contents;
    this.#generation += 1;
    this.#find = createLocalJWKSet(keys);
    metrics.keys.set(keys.keys.length);
    log.info({ source: source.name, kids: keys.keys.map(({ kid }) => kid) }, "the keys of the issuer were read");
  }

  /** Once for each reason: it is tried again and again. */
  #report(reason: string): void {
    if (reason === this.#reported) return;
    this.#reported = reason;
    const { source, log } = this.#options;
    const so = this.#find === undefined ? "no token can be checked" : "the last good ones go on";
    log.warn({ source: source.name, reason }, `the keys of the issuer cannot be read: ${so}`);
  }

  #schedule(): void {
    if (this.#stopped) return;
    const { pace, random } = this.#options;
    // Replicas that started together do not ask together.
    const usual = pace.interval * (0.75 + random() / 4);
    const delay = this.#failures === 0 ? usual : backoffDelay(pace.backoff, this.#failures, random);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#read(), delay);
  }
}
