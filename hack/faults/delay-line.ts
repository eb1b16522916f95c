import type { Clock } from "@profile-platform/operator/engine/kit/clock";

/** How bytes travel. */
export interface LineConditions {
  /** Time that each byte is on its way. */
  readonly latencyMs: number;
  readonly bytesPerSecond: number;
}

export const PERFECT: LineConditions = { latencyMs: 0, bytesPerSecond: Number.POSITIVE_INFINITY };

/** The end of what one side sends (FIN), which travels behind its bytes. */
export const END: unique symbol = Symbol("end");

type Item = Buffer | typeof END;

export interface DelayLineOptions {
  readonly clock: Clock;
  /** Hands on what arrives; false asks to wait for `resume`. */
  readonly deliver: (item: Item) => boolean;
}

// Bytes of a slow line come in small pieces, this many a second, and not in one piece at the end.
const PIECES_PER_SECOND = 20;

/** One direction of a connection: first in, first out, later. */
export class DelayLine {
  readonly #clock: Clock;
  readonly #deliver: DelayLineOptions["deliver"];
  readonly #queue: { readonly item: Item; readonly due: number }[] = [];
  #conditions = PERFECT;
  #lastDue = 0;
  #held = false;
  #blocked = false;
  #waitingBytes = 0;
  #cancel: (() => void) | undefined;

  constructor({ clock, deliver }: DelayLineOptions) {
    this.#clock = clock;
    this.#deliver = deliver;
  }

  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** Of what is pushed from now on. */
  setConditions(conditions: LineConditions): void {
    this.#conditions = conditions;
  }

  push(item: Item): void {
    const pieces: readonly Item[] = item === END ? [END] : this.#pieces(item);
    for (const piece of pieces) {
      const { latencyMs, bytesPerSecond } = this.#conditions;
      const size = sizeOf(piece);
      const due = Math.max(this.#clock.monotonic() + latencyMs, this.#lastDue + (size / bytesPerSecond) * 1000);
      this.#lastDue = due;
      this.#waitingBytes += size;
      this.#queue.push({ item: piece, due });
    }
    this.#pump();
  }

  /** Nothing arrives until `release`; nothing is lost either. */
  hold(): void {
    this.#held = true;
    this.#stopTimer();
  }

  release(): void {
    this.#held = false;
    this.#pump();
  }

  /** The other end takes more again. */
  resume(): void {
    this.#blocked = false;
    this.#pump();
  }

  /** Forgets what is on its way. */
  close(): void {
    this.hold();
    this.#queue.length = 0;
    this.#waitingBytes = 0;
  }

  #pieces(bytes: Buffer): readonly Buffer[] {
    const size = Math.max(1, Math.ceil(this.#conditions.bytesPerSecond / PIECES_PER_SECOND));
    if (bytes.length <= size) return [bytes];
    return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
  }

  #pump(): void {
    this.#stopTimer();
    while (!this.#held && !this.#blocked) {
      const [head] = this.#queue;
      if (head === undefined) return;
      const wait = head.due - this.#clock.monotonic();
      if (wait > 0) {
        this.#cancel = this.#clock.schedule(() => this.#pump(), wait);
        return;
      }
      this.#queue.shift();
      this.#waitingBytes -= sizeOf(head.item);
      this.#blocked = !this.#deliver(head.item);
    }
  }

  #stopTimer(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}

function sizeOf(item: Item): number {
  return item === END ? 0 : item.length;
}
