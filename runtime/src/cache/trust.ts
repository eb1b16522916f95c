import type { Logger } from "../kit/log.ts";
import type { TrustRow, TrustTable } from "./trust-table.ts";

export interface TrustTiming {
  /** Milliseconds between two looks at the database. */
  readonly interval: number;
  /** Milliseconds for which one look is good. The same in every process of a platform. */
  readonly lease: number;
  /** Milliseconds of distrust declared at a time by a process that cannot reach Redis. */
  readonly distrust: number;
}

/** Distrust may run out while the look that found it is answered. */
const mostLooks = 3;

export const defaultTiming: TrustTiming = { interval: 1_000, lease: 3_000, distrust: 10_000 };

/** The part of a Redis connection that trust depends on. */
export interface RedisLink {
  /** Identity of the Redis process that answers now. Rejects while none does. */
  runId(): Promise<string>;
}

export interface TrustOptions {
  readonly table: Pick<TrustTable, "read" | "distrust" | "adoptRun" | "overtake">;
  readonly redis: RedisLink;
  readonly log: Logger;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly timing?: TrustTiming;
}

interface Lease extends TrustRow {
  readonly takenAt: number;
}

/**
 * Whether the shared cache may be believed, agreed among all processes through PostgreSQL. docs/caching.md has the
 * reasoning; the rules are:
 *
 * - A process believes Redis only under a lease: a look at the database, at most `lease` old, that found no distrust
 *   and the very Redis process that it is connected to.
 * - A process that cannot reach Redis declares distrust, and goes on declaring it until it can.
 * - A write that Redis did not confirm is settled once distrust was declared and every older lease has run out.
 */
export class CacheTrust {
  readonly #options: TrustOptions;
  readonly #timing: TrustTiming;
  #lease: Lease | undefined;
  /** The Redis process last verified; undefined from the moment that the connection is in doubt. */
  #runId: string | undefined;
  /** Since when, without a gap, distrust is known, and until when at least. */
  #distrust: { readonly since: number; readonly until: number } | undefined;
  #looking: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: TrustOptions) {
    this.#options = options;
    this.#timing = options.timing ?? defaultTiming;
  }

  /** Looks once and then at intervals. */
  async start(): Promise<void> {
    await this.look();
    this.#schedule();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** The epoch under which Redis may be believed now; undefined when it may not. */
  believable(): number | undefined {
    const lease = this.#lease;
    if (lease === undefined || this.#runId === undefined || lease.runId !== this.#runId) return undefined;
    if (lease.distrustedFor > 0 || this.#options.now() - lease.takenAt >= this.#timing.lease) return undefined;
    return lease.epoch;
  }

  /** The epoch under which Redis can be told of writes, believable or not. */
  reachable(): number | undefined {
    return this.#runId === undefined ? undefined : this.#lease?.epoch;
  }

  /** Called when the connection broke or a command failed: Redis is left alone until it is verified again. */
  doubt(): void {
    if (this.#runId === undefined) return;
    this.#runId = undefined;
    void this.look();
  }

  /** Called when Redis refused an epoch as outdated. */
  async catchUp(latest: number): Promise<void> {
    await this.look();
    if (this.#lease !== undefined && this.#lease.epoch < latest) {
      await this.#options.table.overtake(latest);
      await this.look();
    }
  }

  /**
   * Resolves once no process believes anything that was cached before this call.
   *
   * @param confirmed whether Redis confirmed the write: then it is enough that Redis may be believed now
   */
  async settle(confirmed = false): Promise<void> {
    const { now, table } = this.#options;
    if (confirmed && (await this.#believableAfterAll())) return;
    if (!this.#isDistrustKnown()) {
      const declaredAt = now();
      this.#note(await table.distrust(this.#timing.distrust), declaredAt);
    }
    const since = this.#distrust?.since ?? now();
    const wait = since + this.#timing.lease - now();
    if (wait > 0) await this.#options.sleep(wait);
  }

  /**
   * Looks anew where what is known has run out: the end of distrust, or a lease that was not renewed in time because
   * this process stood still. To declare distrust for that would have it begin again whenever it ends, for as long as
   * there are writes.
   */
  async #believableAfterAll(): Promise<boolean> {
    for (let looks = 0; looks < mostLooks; looks += 1) {
      if (this.believable() !== undefined) return true;
      if (this.#isDistrustKnown()) return false;
      await this.look();
    }
    return this.believable() !== undefined;
  }

  #isDistrustKnown(): boolean {
    return this.#distrust !== undefined && this.#distrust.until > this.#options.now();
  }

  /** One look at the database and at Redis. Never rejects: without a new lease the old one runs out. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #look(): Promise<void> {
    const { now, table, redis, log } = this.#options;
    const runId = await redis.runId().catch(() => undefined);
    const verified = runId !== undefined;
    if (verified !== (this.#runId !== undefined))
      log.info({ verified }, verified ? "Redis answers" : "Redis is out of reach");
    this.#runId = runId;
    const takenAt = now();
    try {
      let row = verified ? await table.read() : await table.distrust(this.#timing.distrust);
      if (runId !== undefined && row.runId !== runId) {
        await table.adoptRun(runId, this.#timing.lease + this.#timing.interval);
        row = await table.read();
      }
      this.#note(row, takenAt);
    } catch (err) {
      log.debug({ err }, "could not read whether the cache may be believed");
    }
  }

  #note(row: TrustRow, takenAt: number): void {
    // Two looks can overtake each other.
    const before = this.#lease;
    if (before !== undefined && takenAt < before.takenAt) return;
    this.#lease = { ...row, takenAt };
    if (row.distrustedFor <= 0) {
      this.#distrust = undefined;
      return;
    }
    // It ends a little later than is known here, and begins again only with another epoch.
    const known = this.#distrust;
    const unbroken = known !== undefined && (takenAt < known.until || row.epoch === before?.epoch);
    const since = unbroken ? known.since : this.#options.now();
    this.#distrust = { since, until: takenAt + row.distrustedFor };
  }

  #schedule(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => void this.look().finally(() => this.#schedule()), this.#timing.interval);
  }
}
