import type { FieldConflict } from "../../engine/apply/field-conflicts.ts";

/** So often within so long, and it is no slip of a hand. */
const TAKEN_OFTEN = 3;
const OFTEN_MS = 60_000;
/** Pause before a contested object is put right again; doubled each time. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
/** A contest in which nothing was taken for so long is over: several times the longest pause. */
const QUIET_MS = 5 * 60_000;

/** An object that another manager changes again and again in fields that the operator sets. */
export interface Contest {
  /** `Kind namespace/name`. */
  readonly object: string;
  readonly manager: string;
  /** In alphabetical order. */
  readonly fields: readonly string[];
}

interface Rivalry {
  readonly object: string;
  readonly manager: string;
  readonly fields: Set<string>;
  /** When fields were taken back, as long as that counts; monotonic milliseconds. */
  times: number[];
  /** How often since it is a contest; 0 before. */
  contested: number;
}

/**
 * Who takes fields from the operator, and how it is settled: what was taken is taken back at once; from the third time
 * within a minute, after a pause that doubles from a second to a minute, so that two controllers do not wear each other
 * out; at once again when there was quiet for five minutes. Times are monotonic milliseconds.
 */
export class Contests {
  readonly #rivalries = new Map<string, Rivalry>();

  /** Fields of an object were taken back from their managers. */
  tookBack(object: string, conflicts: readonly FieldConflict[], now: number): void {
    const managers = new Set(conflicts.map(({ manager }) => manager));
    for (const manager of managers) {
      const key = `${object} ${manager}`;
      const rivalry = this.#rivalries.get(key) ?? { object, manager, fields: new Set(), times: [], contested: 0 };
      this.#rivalries.set(key, rivalry);
      for (const conflict of conflicts) if (conflict.manager === manager) rivalry.fields.add(conflict.field);
      rivalry.times = [...rivalry.times.filter((time) => now - time < OFTEN_MS), now];
      if (rivalry.contested > 0 || rivalry.times.length >= TAKEN_OFTEN) rivalry.contested += 1;
    }
  }

  /** For how long an object has to be left alone; 0 when it can be put right at once. */
  pauseMs(object: string, now: number): number {
    this.#forgetQuiet(now);
    const pauses = [...this.#rivalries.values()]
      .filter((rivalry) => rivalry.object === object && rivalry.contested > 0)
      .map(({ times, contested }) => {
        const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (contested - 1));
        return (times.at(-1) ?? now) + pause - now;
      });
    return Math.max(0, ...pauses);
  }

  /** The contests that go on. */
  at(now: number): readonly Contest[] {
    this.#forgetQuiet(now);
    return [...this.#rivalries.values()]
      .filter(({ contested }) => contested > 0)
      .map(({ object, manager, fields }) => ({ object, manager, fields: [...fields].sort() }));
  }

  /** In how long a pause or a contest ends by itself; undefined when there is none. */
  nextMs(now: number): number | undefined {
    const ends = this.at(now).flatMap(({ object, manager }) => {
      const last = this.#rivalries.get(`${object} ${manager}`)?.times.at(-1) ?? now;
      return [this.pauseMs(object, now), last + QUIET_MS - now].filter((ms) => ms > 0);
    });
    return ends.length === 0 ? undefined : Math.min(...ends);
  }

  #forgetQuiet(now: number): void {
    for (const [key, { times, contested }] of this.#rivalries) {
      const last = times.at(-1) ?? now;
      if (now - last >= (contested > 0 ? QUIET_MS : OFTEN_MS)) this.#rivalries.delete(key);
    }
  }
}
