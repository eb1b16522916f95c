import type { Clock } from "../../engine/kit/clock.ts";
import type { Turn } from "../apply/outcome.ts";

/** How long a platform that was Ready may take to be Ready again. */
const TURN_MS = 10 * 60_000;
/** For one that was not Ready before: nothing says that it ever will be, and others wait behind it. */
const SHORT_TURN_MS = 2 * 60_000;
/** Time to take up an offer: longer than a reconcile that goes well. One that fails is passed over. */
const OFFER_MS = 10_000;
/** For how long the turn stays free for a healthy platform when only others ask: after a start, not all have asked. */
const PATIENCE_MS = 10_000;

export interface TurnsOptions {
  readonly clock: Clock;
  /** Has a platform reconciled, because its turn has come or has run out. */
  readonly wake: (platform: string) => void;
  /** Turns that status holds: asked once, since afterwards this process knows better. */
  readonly recorded: () => readonly (readonly [platform: string, turn: Turn])[];
}

interface Waiting {
  readonly ready: boolean;
  /** Order of asking. */
  readonly order: number;
}

/** `after`: the platform whose turn is right before; undefined when none is. */
export type Answer = { readonly turn: Turn } | { readonly after: string | undefined };

/**
 * Whose turn it is to restart pods though its user changed nothing. One platform has it at a time: until it is Ready
 * again, or its time is up. Those that are Ready come first, then those that are not; either in the order of asking.
 *
 * ```
 * free ──offer──► offered ──ask──► held ──leave, or time is up──► free
 *   ▲───no answer in 10 s───┘
 * ```
 */
export class Turns {
  readonly #options: TurnsOptions;
  readonly #line = new Map<string, Waiting>();
  #holder: { readonly platform: string; readonly turn: Turn } | undefined;
  #offered: string | undefined;
  #asked = 0;
  #learned = false;
  /** The timer that runs leaves the turn free for a healthy platform. */
  #patient = false;
  #cancelTimer: () => void = () => undefined;

  constructor(options: TurnsOptions) {
    this.#options = options;
  }

  /** The turn of a platform, which from then on holds it, or its place in the line. */
  ask(platform: string, ready: boolean): Answer {
    this.#learn();
    if (this.#holder?.platform === platform) return { turn: this.#holder.turn };
    const order = this.#line.get(platform)?.order ?? this.#asked++;
    this.#line.set(platform, { ready, order });
    const isFree = this.#holder === undefined && this.#offered === undefined;
    if (this.#offered === platform || (isFree && ready)) return { turn: this.#take(platform, ready) };
    if (isFree) this.#offerNext();
    return { after: this.#before(platform) };
  }

  holds(platform: string): boolean {
    this.#learn();
    return this.#holder?.platform === platform;
  }

  /** The platform needs no turn, or no longer: the next one has it. */
  leave(platform: string): void {
    this.#learn();
    this.#line.delete(platform);
    if (this.#holder?.platform === platform) {
      this.#holder = undefined;
      this.#offerNext();
    } else if (this.#offered === platform) {
      this.#offered = undefined;
      this.#offerNext();
    }
  }

  /** Forgets timers; for an end of the process that waits for nothing. */
  stop(): void {
    this.#cancelTimer();
  }

  /** A former process may have ended in the middle of a turn. */
  #learn(): void {
    if (this.#learned) return;
    this.#learned = true;
    const now = this.#options.clock.now();
    const [oldest] = this.#options
      .recorded()
      .filter(([, { until }]) => until > now)
      .sort(([, a], [, b]) => a.since - b.since);
    if (oldest !== undefined) this.#hold(oldest[0], oldest[1]);
  }

  #take(platform: string, ready: boolean): Turn {
    const since = this.#options.clock.now();
    const turn = { since, until: since + (ready ? TURN_MS : SHORT_TURN_MS) };
    this.#line.delete(platform);
    this.#hold(platform, turn);
    return turn;
  }

  #hold(platform: string, turn: Turn): void {
    this.#offered = undefined;
    this.#holder = { platform, turn };
    this.#after(turn.until - this.#options.clock.now(), () => {
      this.leave(platform);
      // It tells of it, and asks again if it is not through.
      this.#options.wake(platform);
    });
  }

  #offerNext(): void {
    const [next] = this.#inOrder();
    if (next === undefined) return this.#cancelTimer();
    const [platform, { ready }] = next;
    if (ready) return this.#offer(platform);
    // Whoever asks again meanwhile does not make it longer.
    if (this.#patient) return;
    this.#after(PATIENCE_MS, () => this.#offerHead());
    this.#patient = true;
  }

  #offerHead(): void {
    const [head] = this.#inOrder();
    if (head !== undefined) this.#offer(head[0]);
  }

  #offer(platform: string): void {
    this.#offered = platform;
    this.#after(OFFER_MS, () => {
      this.#offered = undefined;
      const waiting = this.#line.get(platform);
      if (waiting !== undefined) this.#line.set(platform, { ...waiting, order: this.#asked++ });
      this.#offerNext();
    });
    this.#options.wake(platform);
  }

  #inOrder(): readonly (readonly [string, Waiting])[] {
    return [...this.#line].sort(([, a], [, b]) => Number(b.ready) - Number(a.ready) || a.order - b.order);
  }

  #before(platform: string): string | undefined {
    const line = this.#inOrder().map(([name]) => name);
    const ahead = line[line.indexOf(platform) - 1];
    return ahead ?? this.#holder?.platform;
  }

  #after(ms: number, callback: () => void): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#options.clock.schedule(() => {
      this.#patient = false;
      callback();
    }, ms);
    this.#patient = false;
  }
}
