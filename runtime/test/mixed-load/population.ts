import type { ProfileHistory } from "./oracle/profile-history.ts";

/** A profile that the load has made. */
export interface Subject {
  readonly history: ProfileHistory;
  readonly email: string;
}

/**
 * Profiles in use, each written by one writer at a time; those that are left alone, the oldest first; and those that
 * are gone.
 */
export class Population {
  readonly #most: number;
  readonly #random: () => number;
  readonly #used = new Set<Subject>();
  readonly #busy = new Set<Subject>();
  readonly #left: Subject[] = [];
  readonly #gone: Subject[] = [];
  readonly #waiting: ((subject: Subject | undefined) => void)[] = [];

  /** @param most profiles in use at once. @param random from 0 to below 1 */
  constructor(most: number, random: () => number) {
    this.#most = most;
    this.#random = random;
  }

  get inUse(): number {
    return this.#used.size;
  }

  get all(): readonly Subject[] {
    return [...this.#used, ...this.#left, ...this.#gone];
  }

  add(subject: Subject): void {
    this.#used.add(subject);
    this.#offer(subject);
  }

  /** One that nobody writes; waits for it, in the order of asking. Undefined when there is none left. */
  acquire(): Promise<Subject | undefined> {
    if (this.#used.size === 0) return Promise.resolve(undefined);
    const free = pick(
      [...this.#used].filter((subject) => !this.#busy.has(subject)),
      this.#random,
    );
    if (free === undefined) return new Promise((resolve) => this.#waiting.push(resolve));
    this.#busy.add(free);
    return Promise.resolve(free);
  }

  release(subject: Subject): void {
    this.#busy.delete(subject);
    if (subject.history.current === "gone") this.#move(subject, this.#gone);
    else if (this.#isSurplus(subject)) this.#move(subject, this.#left);
    else this.#offer(subject);
  }

  /** One that is in use. */
  pickUsed(): Subject | undefined {
    return pick([...this.#used], this.#random);
  }

  /** One that is not in use any more, there or gone. */
  pickOther(): Subject | undefined {
    return pick(this.#random() < 0.5 ? this.#left : this.#gone, this.#random);
  }

  /** Whether it is one of the oldest, of which there are as many as there are too many. */
  #isSurplus(subject: Subject): boolean {
    const tooMany = this.#used.size - this.#most;
    return tooMany > 0 && [...this.#used].slice(0, tooMany).includes(subject);
  }

  #move(subject: Subject, to: Subject[]): void {
    this.#used.delete(subject);
    to.push(subject);
    if (this.#used.size > 0) return;
    for (const resolve of this.#waiting.splice(0)) resolve(undefined);
  }

  #offer(subject: Subject): void {
    const next = this.#waiting.shift();
    if (next === undefined) return;
    this.#busy.add(subject);
    next(subject);
  }
}

/** Undefined when there is nothing to pick from. */
export function pick<T>(items: readonly T[], random: () => number): T | undefined {
  return items[Math.floor(random() * items.length)];
}
