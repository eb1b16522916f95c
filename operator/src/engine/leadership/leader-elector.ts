import type { ApiClient } from "../client/api-client.ts";
import { ApiError, isNotFound } from "../client/api-error.ts";
import { resourcePath } from "../client/resource-type.ts";
import { backoffMs } from "../kit/backoff.ts";
import { type Clock, type Random, sleep, systemClock } from "../kit/clock.ts";
import type { Logger } from "../kit/log.ts";
import type { WriteFence } from "../transport/write-fence.ts";
import { heldBy, LEASE_TYPE, type Lease, type LeaseSpec, released } from "./lease.ts";
import { LeaseFence } from "./lease-fence.ts";
import { LeaseWatch } from "./lease-watch.ts";

export interface LeaderElectorOptions {
  /** Not fenced: this is what the fence hangs on. */
  readonly client: ApiClient;
  readonly namespace: string;
  /** Name of the Lease. */
  readonly name: string;
  /** Different for each process. */
  readonly identity: string;
  readonly log: Logger;
  /** Does the leader's work until `signal` aborts; the lease is kept until its promise settles. */
  readonly onStarted: (signal: AbortSignal) => Promise<void>;
  readonly onStopped?: () => void;
  /** For `leader_election_master_status`. */
  readonly onStatus?: (leads: boolean) => void;
  /** How long others wait after the last renewal that they saw. Default 15 s. */
  readonly leaseDurationMs?: number;
  /** How long the leader tries to renew before it gives up. Default 10 s. */
  readonly renewDeadlineMs?: number;
  /** Pause between renewals, and the longest between tries. Default 2 s. */
  readonly retryPeriodMs?: number;
  readonly clock?: Clock;
  readonly random?: Random;
}

const SOONEST_RETRY_MS = 100;

/** How a leadership ended: asked to stop and let go, or taken away. */
export type LeadershipEnd = "released" | "lost" | "never";

/**
 * Leader election over a Lease, by the rules of client-go; but who waits is told of each change of the lease, and so
 * takes it as soon as it is released or has run out. Where the watch is not possible, it asks as often as client-go.
 */
export class LeaderElector {
  readonly #options: Required<Omit<LeaderElectorOptions, "onStopped" | "onStatus">> &
    Pick<LeaderElectorOptions, "onStopped" | "onStatus">;
  readonly #path: string;
  readonly #fence: LeaseFence;
  #lease: Lease | undefined;
  /** When this process last saw the lease change, on its own clock: clocks of others are not trusted. */
  #changedAt = 0;
  /** While waiting for the lease. */
  #watch: LeaseWatch | undefined;
  #change = new AbortController();

  constructor(options: LeaderElectorOptions) {
    this.#options = {
      leaseDurationMs: 15_000,
      renewDeadlineMs: 10_000,
      retryPeriodMs: 2_000,
      clock: systemClock,
      random: Math.random,
      ...options,
    };
    const { clock, renewDeadlineMs, namespace, name } = this.#options;
    this.#fence = new LeaseFence(clock, renewDeadlineMs);
    this.#path = resourcePath(LEASE_TYPE, { namespace, name });
  }

  /** Lets writes through only while this process leads for sure. */
  get fence(): WriteFence {
    return this.#fence;
  }

  /** True while this process leads for sure. */
  get isLeader(): boolean {
    return this.#fence.isOpen;
  }

  /**
   * Waits for the lease, leads, and returns when leadership ended. On `signal` the work is told to stop, the lease kept
   * until it has, and then released, so that the next one need not wait. Rejects if the work failed.
   */
  async run(signal: AbortSignal): Promise<LeadershipEnd> {
    const { log, identity, onStarted, onStopped, onStatus } = this.#options;
    if (!(await this.#acquire(signal))) {
      return "never";
    }
    log.info({ identity }, "Leading");
    onStatus?.(true);
    const leading = new AbortController();
    let failure: Error | undefined;
    const work = onStarted(leading.signal).catch((cause: unknown) => {
      failure = new Error("while doing the leader's work", { cause });
    });
    const held = await this.#hold(signal, leading, work);
    leading.abort();
    this.#fence.close();
    onStatus?.(false);
    if (held) {
      await this.#release();
    }
    log.info({ identity }, held ? "Released the lease" : "Lost the lease");
    onStopped?.();
    if (failure !== undefined) {
      throw failure;
    }
    return held ? "released" : "lost";
  }

  async #acquire(signal: AbortSignal): Promise<boolean> {
    const { retryPeriodMs } = this.#options;
    const watching = new AbortController();
    const wake = (): void => this.#wake();
    signal.addEventListener("abort", wake);
    try {
      while (!signal.aborted) {
        if (await this.#tryToHold(retryPeriodMs * 2)) {
          return true;
        }
        this.#watch ??= this.#follow(watching.signal);
        await this.#waitForTurn(this.#watch, signal);
      }
      return false;
    } finally {
      signal.removeEventListener("abort", wake);
      watching.abort();
      this.#watch = undefined;
    }
  }

  #follow(signal: AbortSignal): LeaseWatch {
    const { client, namespace, name, clock, random, log, retryPeriodMs: retryMs } = this.#options;
    const onLive = (): void => this.#wake();
    const onLease = (lease: Lease | undefined): void => {
      // Whoever leads knows better from its own writes.
      if (!signal.aborted) {
        this.#remember(lease);
        this.#wake();
      }
    };
    const watch = new LeaseWatch({ client, namespace, name, clock, random, log, retryMs, onLease, onLive });
    void watch.run(signal);
    return watch;
  }

  async #waitForTurn(watch: LeaseWatch, signal: AbortSignal): Promise<void> {
    const { clock, random, retryPeriodMs } = this.#options;
    // A renewal only moves the end of the wait.
    do {
      const remainingMs = watch.isLive ? this.#heldByOtherMs() : 0;
      // Spread, so that many who ask do not all ask at the same moment.
      const waitMs = remainingMs > 0 ? remainingMs : retryPeriodMs * (1 + random() / 2);
      await sleep(clock, waitMs, this.#change.signal);
    } while (!signal.aborted && watch.isLive && this.#heldByOtherMs() > 0);
  }

  #wake(): void {
    this.#change.abort();
    this.#change = new AbortController();
  }

  /** Renews until the work ended (true) or the lease is lost (false). */
  async #hold(signal: AbortSignal, leading: AbortController, work: Promise<void>): Promise<boolean> {
    const { clock, retryPeriodMs } = this.#options;
    const ended = new AbortController();
    const stop = (): void => leading.abort();
    signal.addEventListener("abort", stop);
    if (signal.aborted) {
      stop();
    }
    void work.finally(() => ended.abort());
    try {
      while (!ended.signal.aborted) {
        await sleep(clock, retryPeriodMs, ended.signal);
        if (!ended.signal.aborted && !(await this.#renew(ended.signal))) {
          return false;
        }
      }
      return this.#fence.isOpen;
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  /**
   * Tries until it worked (true), or until the fence has closed or somebody else holds the lease (false). Soon at first:
   * a connection that broke has a successor in milliseconds, and tries a whole period apart can all meet faults that come
   * in the same rhythm.
   */
  async #renew(signal: AbortSignal): Promise<boolean> {
    const { clock, random, retryPeriodMs, renewDeadlineMs } = this.#options;
    const pauses = { baseMs: Math.min(SOONEST_RETRY_MS, retryPeriodMs), maxMs: retryPeriodMs };
    for (let failures = 1; this.#fence.isOpen; failures++) {
      // Half the deadline at most, so that a request that hangs leaves time for another.
      if (await this.#tryToHold(Math.min(renewDeadlineMs / 2, this.#fence.remainingMs))) {
        return true;
      }
      if (this.#heldByOtherMs() > 0) {
        return false;
      }
      await sleep(clock, Math.min(backoffMs(failures, pauses, random), this.#fence.remainingMs), signal);
      if (signal.aborted) {
        return this.#fence.isOpen;
      }
    }
    return false;
  }

  async #tryToHold(timeoutMs: number): Promise<boolean> {
    const { clock, identity, leaseDurationMs, log } = this.#options;
    try {
      // A holder knows the newest state from its own last write, who waits from the watch; a conflict tells if not.
      if (this.#lease?.spec?.holderIdentity !== identity && !this.#isTold) {
        await this.#look(timeoutMs);
      }
      if (this.#heldByOtherMs() > 0) {
        return false;
      }
      // Counted from before the request: others may have seen the renewal as early as that.
      const asked = { wall: clock.now(), monotonic: clock.monotonic() };
      const spec = heldBy(identity, this.#lease?.spec, Math.ceil(leaseDurationMs / 1000), asked.wall);
      this.#remember(await this.#write(spec, timeoutMs));
      this.#fence.open(asked);
      return true;
    } catch (error) {
      if (error instanceof ApiError && (error.isConflict || error.isAlreadyExists || error.isNotFound)) {
        log.debug({ error }, "The lease changed since it was read");
        if (!this.#isTold) {
          await this.#look(timeoutMs).catch(() => undefined);
        }
      } else {
        log.warn({ error }, "Could not take or renew the lease");
      }
      return false;
    }
  }

  async #look(timeoutMs: number): Promise<void> {
    try {
      this.#remember(await this.#options.client.request<Lease>({ method: "GET", path: this.#path, timeoutMs }));
    } catch (error) {
      if (!isNotFound(error)) {
        throw error;
      }
      this.#remember(undefined);
    }
  }

  async #write(spec: LeaseSpec, timeoutMs: number): Promise<Lease> {
    const { client, namespace, name } = this.#options;
    if (this.#lease !== undefined) {
      const body = { ...this.#lease, spec };
      return client.request<Lease>({ method: "PUT", path: this.#path, body, timeoutMs });
    }
    const apiVersion = `${LEASE_TYPE.group}/${LEASE_TYPE.version}`;
    const body = { apiVersion, kind: LEASE_TYPE.kind, metadata: { namespace, name }, spec };
    return client.request<Lease>({ method: "POST", path: resourcePath(LEASE_TYPE, { namespace }), body, timeoutMs });
  }

  async #release(): Promise<void> {
    const { clock, log } = this.#options;
    try {
      await this.#write(released(this.#lease?.spec, clock.now()), 2000);
    } catch (error) {
      log.warn({ error }, "Could not release the lease: it runs out by itself");
    }
  }

  /** True while changes come by themselves: an answer to a question could be older than what was told meanwhile. */
  get #isTold(): boolean {
    return this.#watch?.isLive ?? false;
  }

  #remember(lease: Lease | undefined): void {
    if (lease?.metadata.resourceVersion !== this.#lease?.metadata.resourceVersion) {
      this.#changedAt = this.#options.clock.monotonic();
    }
    this.#lease = lease;
  }

  /** How long somebody else may still hold the lease; 0 or less when nobody does. */
  #heldByOtherMs(): number {
    const { identity, clock, leaseDurationMs } = this.#options;
    const { holderIdentity = "", leaseDurationSeconds } = this.#lease?.spec ?? {};
    if (holderIdentity === "" || holderIdentity === identity) {
      return 0;
    }
    const validMs = leaseDurationSeconds === undefined ? leaseDurationMs : leaseDurationSeconds * 1000;
    return validMs - (clock.monotonic() - this.#changedAt);
  }
}
