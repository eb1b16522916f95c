import { setTimeout as sleep } from "node:timers/promises";

export interface PaceOptions {
  /** Starts a second, whether what was started before has ended or not. */
  readonly rate: number;
  /** So many at least. */
  readonly atLeast: number;
  /** Whether there is a reason to go on beyond that. */
  readonly goOn: () => boolean;
  readonly signal: AbortSignal;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
}

const look = 5;

/**
 * Starts work at a steady rate. What was missed because this process was held up is started at once, due when it was
 * due.
 *
 * @returns what all of it came to
 * @throws what the first work that fails throws, once all has ended; nothing is started after it
 */
export async function pace(
  { rate, atLeast, goOn, signal, now }: PaceOptions,
  start: (dueAt: number) => Promise<void>,
): Promise<void> {
  const running = new Set<Promise<void>>();
  const failures: unknown[] = [];
  const begun = now();
  const launch = (dueAt: number): void => {
    const work = start(dueAt).then(
      () => void running.delete(work),
      (thrown: unknown) => {
        running.delete(work);
        failures.push(thrown);
      },
    );
    running.add(work);
  };
  for (let count = 0; (count < atLeast || goOn()) && !signal.aborted && failures.length === 0; await sleep(look)) {
    const due = Math.floor(((now() - begun) / 1000) * rate) + 1;
    const most = goOn() ? due : Math.min(due, atLeast);
    for (; count < most; count += 1) launch(begun + (count / rate) * 1000);
  }
  await Promise.all(running);
  if (failures.length > 0) throw failures[0];
}
