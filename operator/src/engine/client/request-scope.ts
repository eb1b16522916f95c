import { sleep, systemClock } from "../kit/clock.ts";
import { NotLeaderError } from "../transport/write-fence.ts";
import { ApiError } from "./api-error.ts";

/** What one request lives under: the caller's signal and a time limit, let go at its end. */
export interface RequestScope extends Disposable {
  readonly signal: AbortSignal;
  sleep(ms: number): Promise<void>;
  /** Ends the time limit; the caller's signal goes on to end what has begun, for as long as that signal lives. */
  keep(): void;
  /** The error to throw for `error`: a refusal and the caller's abort as they are, anything else with its request. */
  explain(error: unknown): unknown;
}

// AbortSignal.any would keep a follower on a signal that lives as long as the process, one for each request.
export function requestScope(parent: AbortSignal | undefined, timeoutMs: number, request: string): RequestScope {
  const controller = new AbortController();
  const onTimeout = (): void => controller.abort(new Error(`no answer within ${timeoutMs} ms`));
  const cancel = systemClock.schedule(onTimeout, timeoutMs);
  let kept = false;
  const follow = (): void => controller.abort(parent?.reason);
  if (parent?.aborted === true) {
    follow();
  }
  parent?.addEventListener("abort", follow);
  return {
    signal: controller.signal,
    keep: () => {
      kept = true;
    },
    sleep: (ms) => sleep(systemClock, ms, controller.signal),
    explain: (error) => {
      if (parent?.aborted === true || error instanceof ApiError || error instanceof NotLeaderError) {
        return error;
      }
      const cause: unknown = controller.signal.aborted ? controller.signal.reason : error;
      return new Error(`while waiting for ${request}`, { cause });
    },
    [Symbol.dispose]: () => {
      cancel();
      if (!kept) {
        parent?.removeEventListener("abort", follow);
      }
    },
  };
}
