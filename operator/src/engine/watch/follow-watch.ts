import type { ApiClient, ApiRequest } from "../client/api-client.ts";
import type { Clock } from "../kit/clock.ts";
import type { IdleError, IdleTimer, Listened } from "./idle-timer.ts";
import { type WatchEvent, WatchParser } from "./watch-events.ts";

export interface WatchFollowing {
  readonly client: ApiClient;
  readonly request: ApiRequest;
  readonly clock: Clock;
  /** Ends the watch when nothing comes. */
  readonly idle: IdleTimer;
  /** The watch stands. */
  readonly onOpen: () => void;
  readonly onEvent: (event: WatchEvent) => void;
  readonly signal: AbortSignal;
}

/**
 * Sends the request of a watch and hands over its events until the server ends it. Rejects with the errors of
 * `watchEvents`, IdleError, what `onEvent` throws, the signal's reason, or why the connection broke.
 *
 * Thousands of watches stand for minutes with little to say, so what each keeps in memory is kept small: no iterators,
 * no timer, no signal of its own.
 */
export async function followWatch(following: WatchFollowing): Promise<void> {
  const { client, request, clock, idle, onOpen, onEvent, signal } = following;
  const response = await client.open({ ...request, signal });
  const parser = new WatchParser();
  const stop = (reason: unknown): void => response.cancel(reason);
  const onAbort = (): void => stop(signal.reason);
  let idleError: IdleError | undefined;
  const listened: Listened & { heardAt: number } = {
    heardAt: clock.monotonic(),
    onIdle: (error) => {
      idleError = error;
      stop(error);
    },
  };
  signal.addEventListener("abort", onAbort);
  idle.add(listened);
  try {
    if (signal.aborted) onAbort();
    onOpen();
    await response.each((chunk) => {
      listened.heardAt = clock.monotonic();
      parser.take(chunk, onEvent);
    });
    parser.end();
  } catch (error) {
    throw idleError ?? error;
  } finally {
    idle.delete(listened);
    signal.removeEventListener("abort", onAbort);
  }
}
