import { type ActiveRule, answer, type FaultProxy, loseAnswer, type SeenRequest } from "../../../faults/index.ts";

/** After which of a platform's writes the process is seen no more. */
export interface CrashPoint {
  readonly after: number;
  /**
   * `unseen`: it never hears the answer of that write. `seen`: it does, and comes to its next request. `lost`: the
   * connection breaks before the answer, and the process lives on.
   */
  readonly answer: "unseen" | "seen" | "lost";
  /**
   * Default: writes of objects and status, or those of them that a function chooses. Events come at times of their own,
   * beside them.
   */
  readonly counting?: "writes" | "events" | ((write: SeenRequest) => boolean);
}

interface Progress extends CrashPoint {
  writes: number;
  reached: boolean;
}

/** What becomes of a request: it passes, it is the last that is carried out, or nothing of it leaves the process. */
type Admission = "pass" | "last" | "hold";

const LATER_SECONDS = 24 * 3_600;
const EVENTS = /\/events(\/|$)/;
/** Letters, a hyphen and three digits. */
const PLATFORM = /\/([a-z]+-\d{3})(?=[-/]|$)/;
const REGARDING = /"name":"([a-z]+-\d{3})"/;

/**
 * Cuts off what a process does for each of several platforms after a number of writes of its own, so that one kill of
 * the process is a crash at as many points: of each platform, the API server has seen exactly the first n writes and
 * nothing after them. Platforms are known by their names, such as `crash-017`, which their namespaces begin with.
 */
export class CrashPoints {
  readonly #progress: ReadonlyMap<string, Progress>;
  readonly #admissions = new Map<number, Admission>();
  #rules: readonly ActiveRule[] = [];

  private constructor(points: ReadonlyMap<string, CrashPoint>) {
    const begin = (point: CrashPoint): Progress => ({ ...point, writes: 0, reached: point.after === 0 });
    this.#progress = new Map([...points].map(([platform, point]) => [platform, begin(point)]));
  }

  /** In force until it is disarmed, or the proxy restored. */
  static arm(proxy: FaultProxy, points: ReadonlyMap<string, CrashPoint>): CrashPoints {
    const crash = new CrashPoints(points);
    const is =
      (admission: Admission, which: (request: SeenRequest) => boolean = () => true) =>
      (request: SeenRequest): boolean =>
        crash.#admit(request) === admission && which(request);
    const answered = (how: CrashPoint["answer"]) => (request: SeenRequest) => crash.#of(request)?.answer === how;
    const carriedOut = (request: SeenRequest): void => crash.#carriedOut(request);
    crash.#rules = [
      proxy.rule({ match: { where: is("last", answered("unseen")) }, fault: loseAnswer("hang", carriedOut) }),
      proxy.rule({ match: { where: is("last", answered("lost")) }, fault: loseAnswer("reset", carriedOut) }),
      proxy.rule({
        match: { where: is("hold", (request) => !isEvent(request)) },
        // Not by leaving it without an answer: a client has places for so many requests, and those of the platforms that
        // are at their points would take those of all others, and of the lease.
        fault: answer(429, { retryAfterSeconds: LATER_SECONDS }),
      }),
      // Refused for good: one that may be sent again waits for that in one of few places, which Events of platforms that
      // are not at their points need.
      proxy.rule({ match: { where: is("hold", isEvent) }, fault: answer(403) }),
    ];
    return crash;
  }

  disarm(): void {
    for (const rule of this.#rules) rule.remove();
  }

  /** Whether the API server has carried out the last write, and the process is where it has to be. */
  isReached(platform: string): boolean {
    return this.#progress.get(platform)?.reached ?? false;
  }

  /** What was counted for a platform so far. */
  writes(platform: string): number {
    return this.#progress.get(platform)?.writes ?? 0;
  }

  #of(request: SeenRequest): Progress | undefined {
    const [, platform = ""] = (isEvent(request) ? REGARDING.exec(request.body) : PLATFORM.exec(request.path)) ?? [];
    return this.#progress.get(platform);
  }

  /** Decided once for each request, however often it is asked. */
  #admit(request: SeenRequest): Admission {
    const known = this.#admissions.get(request.id);
    if (known !== undefined) return known;
    const admission = this.#decide(request);
    this.#admissions.set(request.id, admission);
    return admission;
  }

  #decide(request: SeenRequest): Admission {
    const progress = this.#of(request);
    if (progress === undefined) return "pass";
    const { after, counting = "writes" } = progress;
    if (progress.writes >= after && progress.answer !== "lost") {
      if (progress.answer === "seen") progress.reached = true;
      return "hold";
    }
    const isChosen = typeof counting === "function" ? counting : () => true;
    const counts = counting === "events" ? isEvent(request) : request.write !== undefined && isChosen(request);
    if (!counts) return "pass";
    progress.writes += 1;
    return progress.writes === after ? "last" : "pass";
  }

  #carriedOut(request: SeenRequest): void {
    const progress = this.#of(request);
    if (progress !== undefined) progress.reached = true;
  }
}

function isEvent({ method, path }: SeenRequest): boolean {
  return method !== "GET" && EVENTS.test(path);
}
