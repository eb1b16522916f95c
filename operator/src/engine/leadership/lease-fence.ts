import type { Clock } from "../kit/clock.ts";
import { NotLeaderError, type WriteFence } from "../transport/write-fence.ts";

/**
 * Open from a renewal of the lease until the renew deadline after it, by the monotonic and by the wall clock: the one
 * stands still while a machine sleeps, the other may be set back.
 */
export class LeaseFence implements WriteFence {
  readonly #clock: Clock;
  readonly #validMs: number;
  #renewed: { readonly wall: number; readonly monotonic: number } | undefined;

  constructor(clock: Clock, validMs: number) {
    this.#clock = clock;
    this.#validMs = validMs;
  }

  get isOpen(): boolean {
    return this.remainingMs > 0;
  }

  get remainingMs(): number {
    if (this.#renewed === undefined) {
      return 0;
    }
    const { wall, monotonic } = this.#renewed;
    const age = Math.max(this.#clock.now() - wall, this.#clock.monotonic() - monotonic);
    return Math.max(0, this.#validMs - age);
  }

  open(renewed: { readonly wall: number; readonly monotonic: number }): void {
    this.#renewed = renewed;
  }

  close(): void {
    this.#renewed = undefined;
  }

  assertMayWrite(): void {
    if (!this.isOpen) {
      throw new NotLeaderError("this process does not hold the lease (any more), and so writes nothing");
    }
  }
}
