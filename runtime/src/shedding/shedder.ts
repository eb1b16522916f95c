import type { Request, RequestHandler, Response } from "express";
import { leaveFlight, noteFlight } from "../kit/http/flight.ts";
import { Problem, sendProblem } from "../kit/http/problem.ts";
import { quieten } from "../kit/http/request.ts";
import type { AdaptiveLimit } from "./adaptive-limit.ts";
import { type Delays, type Signal, signals } from "./delays.ts";

export type ShedReason = Signal | "ceiling";

export interface ShedderOptions {
  readonly limit: AdaptiveLimit;
  readonly delays: () => Delays;
  readonly onShed: (reason: ShedReason) => void;
  /** In [0, 1). */
  readonly random: () => number;
}

/** Milliseconds between two looks at what requests wait for. */
export const lookInterval = 100;

/** Seconds after which a client may try again, and by how many more some of them: all at once would be the next wave. */
const retryAfter = { least: 1, spread: 3 };

const sentences: Readonly<Record<ShedReason, string>> = {
  event_loop: "The server has more requests than it can answer in time",
  database_pool: "Too many requests wait for the database",
  ceiling: "The server has as many requests in flight as it takes",
};

/**
 * Refuses requests as soon as there are more than can be answered in time: before anything was done for them, and before
 * those that are under way get slow.
 */
export class Shedder {
  readonly #options: ShedderOptions;
  #inFlight = 0;
  #peak = 0;
  #reason: ShedReason = "ceiling";
  #timer: NodeJS.Timeout | undefined;
  #latest: Delays = { event_loop: 0, database_pool: 0 };

  constructor(options: ShedderOptions) {
    this.#options = options;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** Milliseconds that requests waited when they were last looked at. */
  get delays(): Delays {
    return this.#latest;
  }

  start(): void {
    this.#timer = setInterval(() => this.look(), lookInterval).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Adapts the limit. */
  look(): void {
    const { limit, delays } = this.#options;
    this.#latest = delays();
    const worst = signals.toSorted((a, b) => this.#latest[b] - this.#latest[a])[0] ?? "event_loop";
    if (limit.look(this.#latest[worst], this.#peak)) this.#reason = worst;
    else if (limit.isHighest) this.#reason = "ceiling";
    this.#peak = this.#inFlight;
  }

  /** Lets a request pass, or refuses it. */
  readonly admit: RequestHandler = (request, response, next) => {
    if (this.#inFlight >= this.#options.limit.limit) {
      this.#refuse(request, response);
      return;
    }
    this.#inFlight += 1;
    this.#peak = Math.max(this.#peak, this.#inFlight);
    noteFlight(request, () => {
      this.#inFlight -= 1;
    });
    response.once("close", () => leaveFlight(request));
    next();
  };

  #refuse(request: Request, response: Response): void {
    const { onShed, random } = this.#options;
    onShed(this.#reason);
    // There may be thousands: the metrics count them.
    quieten(request);
    const seconds = retryAfter.least + Math.floor(random() * retryAfter.spread);
    const detail = `${sentences[this.#reason]}; nothing was done, so try again in ${seconds} s.`;
    sendProblem(response, new Problem("unavailable", detail, { headers: { "Retry-After": String(seconds) } }));
  }
}
