import { ApiError } from "../../engine/client/api-error.ts";
import { RetryError } from "../../engine/controller/controller.ts";
import { summarize } from "../live/object-id.ts";
import type { Failure } from "./outcome.ts";

/**
 * Shorter ones are passing: a webhook's pod that restarts, a change of etcd's leader. They are over by the next try, a
 * few milliseconds later, or by one of those that follow, and no condition changes for them and no Event tells of them.
 */
const LASTING_MS = 5_000;

/** No event tells when the API server is well again. */
const RETRY_WITHIN_MS = 5_000;

/** Who takes so long to fail hangs: a webhook whose packets are lost. */
const HANGS_MS = 1_000;

/** An object for which something hangs rests for as many times as long, so that all else has its turn. */
const REST_FACTOR = 3;
const LONGEST_REST_MS = 60_000;

interface Hang {
  readonly failure: Failure;
  readonly times: number;
  readonly restsUntil: number;
}

/** At which objects of one platform the API server fails, and since when. Times are monotonic milliseconds. */
export class ServerErrors {
  #since: number | undefined;
  readonly #hangs = new Map<string, Hang>();

  /** Takes an error that came at `now`, `tookMs` after the object was first asked about. */
  met(failure: Failure, tookMs: number, now: number): void {
    this.#since ??= now;
    const times = (this.#hangs.get(failure.object)?.times ?? 0) + 1;
    if (tookMs < HANGS_MS) this.#hangs.delete(failure.object);
    // Once is a server that had a bad moment.
    else {
      const restMs = times === 1 ? 0 : Math.min(tookMs * REST_FACTOR, LONGEST_REST_MS);
      this.#hangs.set(failure.object, { failure, times, restsUntil: now + restMs });
    }
  }

  /** What an object's last error was, if it is too early to try it again. */
  resting(object: string, now: number): Failure | undefined {
    const hang = this.#hangs.get(object);
    return hang !== undefined && hang.restsUntil > now ? hang.failure : undefined;
  }

  succeeded(object: string): void {
    this.#hangs.delete(object);
  }

  /** Takes all that one reconcile met; says whether there is some and it is not to be told yet. */
  arePassing(met: readonly Failure[], now: number): boolean {
    this.#since = met.length === 0 ? undefined : (this.#since ?? now);
    for (const object of this.#hangs.keys()) {
      // It is not wanted any more.
      if (!met.some((failure) => failure.object === object)) this.#hangs.delete(object);
    }
    return this.#since !== undefined && now - this.#since < LASTING_MS;
  }
}

/** What a reconcile ends with that met some: it has failed, and is tried again with back-off, within `ms` and within 5 s. */
export function retry(met: readonly Failure[], ms: number): RetryError {
  const message = summarize(met.map((failure) => failure.message));
  return new RetryError(`the API server failed: ${message}`, Math.min(ms, RETRY_WITHIN_MS));
}

/** Throws what came of writing a status; it is no less urgent, since it is out of date until then. */
export function retryStatus(cause: unknown): never {
  if (!(cause instanceof ApiError && cause.status >= 500)) throw cause;
  throw new RetryError("while writing the status", RETRY_WITHIN_MS, { cause });
}
