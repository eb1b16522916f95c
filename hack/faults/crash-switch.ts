import { matches, type RequestMatch, type SeenRequest } from "./seen-request.ts";

/** When a crash happens. */
export interface CrashPoint {
  /** Writes that reach the server from now on, the last one without its answer coming back; 0: none does. */
  readonly afterWrites: number;
  /** Which content writes count; default: all. */
  readonly counting?: RequestMatch;
}

/**
 * `pass`: go on. `last`: the server carries it out, and nobody hears of it. `hold`: the process is gone, nothing of
 * it reaches the server.
 */
export type Admission = "pass" | "last" | "hold";

/** Decides what still passes of a process that is to be seen no more after its n-th write. */
export class CrashSwitch {
  #left: number | undefined;
  #counting: RequestMatch = {};
  #done = Promise.withResolvers<SeenRequest | undefined>();

  /** Resolves with the last write when the server has answered it; undefined where none was to pass. */
  arm({ afterWrites, counting = {} }: CrashPoint): Promise<SeenRequest | undefined> {
    if (!Number.isInteger(afterWrites) || afterWrites < 0) {
      throw new Error(`afterWrites is ${afterWrites}: give a whole number, 0 or above`);
    }
    this.#left = afterWrites;
    this.#counting = counting;
    this.#done = Promise.withResolvers();
    if (afterWrites === 0) this.#done.resolve(undefined);
    return this.#done.promise;
  }

  /** True from the last write on. */
  get crashed(): boolean {
    return this.#left === 0;
  }

  admit(request: SeenRequest): Admission {
    if (this.#left === undefined) return "pass";
    if (this.#left === 0) return "hold";
    if (request.write === undefined || !matches(this.#counting, request)) return "pass";
    this.#left -= 1;
    return this.#left === 0 ? "last" : "pass";
  }

  /** The server has carried out the last write. */
  completed(last: SeenRequest): void {
    this.#done.resolve(last);
  }

  disarm(): void {
    this.#left = undefined;
  }
}
