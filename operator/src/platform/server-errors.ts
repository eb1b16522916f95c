import { ApiError } from "../engine/api-error.ts";
import { RetryError } from "../engine/controller.ts";
import { summarize } from "./object-id.ts";
import type { Failure } from "./outcome.ts";

/**
 * Shorter ones are passing: a webhook's pod that restarts, a change of etcd's leader. They are over by the next try, a
 * few milliseconds later, or by one of those that follow, and no condition changes for them and no Event tells of them.
 */
const LASTING_MS = 5_000;

/** No event tells when the API server is well again. */
const RETRY_WITHIN_MS = 5_000;

/** For how long the API server has failed at objects of one platform, whichever they are. */
export class ServerErrors {
  #since: number | undefined;

  /** Takes what one reconcile met, at `now` in monotonic milliseconds; says whether there is some and it is not to be told yet. */
  arePassing(met: readonly Failure[], now: number): boolean {
    this.#since = met.length === 0 ? undefined : (this.#since ?? now);
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
