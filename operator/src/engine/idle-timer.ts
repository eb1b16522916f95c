import type { Clock } from "./clock.ts";

/** Nothing came for longer than the other side may be silent. */
export class IdleError extends Error {
  override readonly name = "IdleError";
}

/** Passes `bytes` on; calls `onIdle` when none came for `idleMs`. */
export async function* guardIdle(
  bytes: AsyncIterable<Uint8Array>,
  {
    clock,
    idleMs,
    onIdle,
  }: { readonly clock: Clock; readonly idleMs: number; readonly onIdle: (error: IdleError) => void },
): AsyncGenerator<Uint8Array> {
  const start = (): (() => void) =>
    clock.schedule(() => onIdle(new IdleError(`nothing came for ${Math.round(idleMs)} ms`)), idleMs);
  let cancel = start();
  try {
    for await (const chunk of bytes) {
      cancel();
      yield chunk;
      cancel = start();
    }
  } finally {
    cancel();
  }
}
