import type { Clock } from "../kit/clock.ts";
import type { ProbeDeadline } from "./probe-deadline.ts";

/** A connection that is watched over. */
export interface Probed {
  /** Grows with whatever comes from the other side. */
  readonly bytesRead: number;
  /** Asks the other side for a sign of life; calls `answered` when it came. */
  probe(answered: () => void): void;
  /** It has not answered for a while: another connection to the same server would tell whether that is the server's doing. */
  onDoubt(): void;
  /** Nothing came for so long, though it was asked. */
  onSilent(silentMs: number): void;
}

export interface HeartbeatOptions {
  readonly clock: Clock;
  readonly deadline: ProbeDeadline;
  /** Calls back once what has arrived by now has been read. */
  readonly afterReading?: (callback: () => void) => void;
}

/** What is known of one connection. Times count only while this process runs. */
interface Vitals {
  bytesRead: number;
  silentMs: number;
  /** Milliseconds since it was asked, or since anything came after that; undefined when no question is open. */
  askedMs: number | undefined;
  /** Whether it was said since then that it is doubted. */
  doubted: boolean;
}

const TICK_MS = 100;
// A tick that comes later than this counts as this much.
const LONGEST_TICK_MS = 200;
// Most answers take a few milliseconds. What the doubt costs is another connection.
const DOUBT_MS = 300;
// A connection that worked a moment ago need not be asked whether it does when it is used again.
const FRESH_MS = 200;

/**
 * Finds connections that are dead without a word: packets vanish, and no end of the connection ever comes. While a
 * connection is in use and silent for a tick or two, it is asked for a sign of life. When none comes for 300 ms, it is
 * doubted: then another connection is opened, and if that one is answered first, although more is asked of the server
 * there, it is not the server that is slow, and the silent one is taken for dead, after about half a second. Where no
 * other comes about, it is taken for dead when the deadline passes without a single byte.
 *
 * Time counts in ticks of this process: a tick that comes late, because the process was busy or got no processor, counts
 * as two at most. What came meanwhile still has to be read then. Connections that nothing uses are left in peace.
 */
export class Heartbeat {
  readonly #options: Required<HeartbeatOptions>;
  readonly #watched = new Map<Probed, Vitals>();
  readonly #lastUse = new WeakMap<Probed, number>();
  #lastTick = 0;
  #cancel: (() => void) | undefined;

  constructor(options: HeartbeatOptions) {
    this.#options = { afterReading: setImmediate, ...options };
  }

  /** Begins to watch over a connection; one that may have died since it was last used is asked at once. */
  watch(connection: Probed): void {
    const vitals = { bytesRead: connection.bytesRead, silentMs: 0, askedMs: undefined, doubted: false };
    const now = this.#options.clock.monotonic();
    this.#watched.set(connection, vitals);
    if (this.#cancel === undefined) {
      this.#lastTick = now;
      this.#schedule();
    }
    if (now - (this.#lastUse.get(connection) ?? now) > FRESH_MS) {
      this.#ask(connection, vitals);
    }
  }

  unwatch(connection: Probed): void {
    this.#watched.delete(connection);
    this.#lastUse.set(connection, this.#options.clock.monotonic());
    if (this.#watched.size === 0) {
      this.#cancel?.();
      this.#cancel = undefined;
    }
  }

  /**
   * Another connection to the same server has come about, and was begun `tookMs` ago: what was asked before that and is
   * silent still is dead.
   */
  anotherStands(tookMs: number): void {
    for (const [connection, vitals] of this.#watched) {
      if (vitals.doubted && vitals.askedMs !== undefined && vitals.askedMs >= tookMs) {
        this.#giveUpUnlessRead(connection, vitals);
      }
    }
  }

  #schedule(): void {
    this.#cancel = this.#options.clock.schedule(() => this.#tick(), TICK_MS);
  }

  #tick(): void {
    const passedMs = this.#sinceTick();
    this.#lastTick = this.#options.clock.monotonic();
    this.#schedule();
    for (const [connection, vitals] of this.#watched) {
      this.#look(connection, vitals, passedMs);
    }
  }

  #look(connection: Probed, vitals: Vitals, passedMs: number): void {
    if (this.#sawLife(connection, vitals)) {
      return;
    }
    vitals.silentMs += passedMs;
    if (vitals.askedMs === undefined) {
      this.#ask(connection, vitals);
      return;
    }
    vitals.askedMs += passedMs;
    if (vitals.askedMs >= this.#options.deadline.ms) {
      this.#giveUpUnlessRead(connection, vitals);
    } else if (vitals.askedMs >= DOUBT_MS && !vitals.doubted) {
      vitals.doubted = true;
      connection.onDoubt();
    }
  }

  /** The answer may lie in the kernel, unread because this process was held up just now. */
  #giveUpUnlessRead(connection: Probed, vitals: Vitals): void {
    this.#options.afterReading(() => {
      if (this.#watched.get(connection) === vitals && !this.#sawLife(connection, vitals)) {
        this.unwatch(connection);
        connection.onSilent(vitals.silentMs);
      }
    });
  }

  /** Whatever comes is a sign of life: an answer may have to wait behind a long list. */
  #sawLife(connection: Probed, vitals: Vitals): boolean {
    const { bytesRead } = connection;
    if (bytesRead === vitals.bytesRead) {
      return false;
    }
    vitals.bytesRead = bytesRead;
    vitals.silentMs = 0;
    vitals.askedMs = vitals.askedMs === undefined ? undefined : 0;
    vitals.doubted = false;
    return true;
  }

  #ask(connection: Probed, vitals: Vitals): void {
    // Counted from here: the part of the tick that has passed must not count as time that the answer took.
    const early = this.#sinceTick();
    vitals.askedMs = -early;
    connection.probe(() => {
      if (vitals.askedMs !== undefined && this.#watched.get(connection) === vitals) {
        this.#options.deadline.answered(vitals.askedMs + this.#sinceTick());
        vitals.askedMs = undefined;
        vitals.doubted = false;
      }
    });
  }

  #sinceTick(): number {
    return Math.min(this.#options.clock.monotonic() - this.#lastTick, LONGEST_TICK_MS);
  }
}
