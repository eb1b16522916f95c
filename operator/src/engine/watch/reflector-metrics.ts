import type { Registry } from "prom-client";
import type { Clock } from "../kit/clock.ts";
import { counter, readGauge } from "../kit/metric-families.ts";

const END_REASONS = ["closed", "expired", "error", "idle"] as const;

export interface ReflectorMetrics {
  listed(): void;
  watchEnded(reason: (typeof END_REASONS)[number]): void;
  malformed(): void;
  handlerError(): void;
  /** One of the resource's reflectors starts; there is one a namespace where it is watched by namespace. */
  begin(): ReflectorPulse;
}

/** The signs of life of one reflector. */
export interface ReflectorPulse {
  /** The API server said something: a list, the head of a watch, an event, a bookmark. */
  heard(): void;
  /** It refused or did not answer, and will be asked again. */
  tried(): void;
  /** The reflector stopped because it was told to. */
  end(): void;
}

class Pulse implements ReflectorPulse {
  readonly #all: Set<Pulse>;
  readonly #clock: Clock;
  heardAt: number;
  aliveAt: number;

  constructor(all: Set<Pulse>, clock: Clock) {
    this.#all = all.add(this);
    this.#clock = clock;
    this.heardAt = clock.monotonic();
    this.aliveAt = this.heardAt;
  }

  heard(): void {
    this.heardAt = this.#clock.monotonic();
    this.aliveAt = this.heardAt;
  }

  tried(): void {
    this.aliveAt = this.#clock.monotonic();
  }

  end(): void {
    this.#all.delete(this);
  }
}

/** `reflector_*`: how well the process hears what happens. */
export class ReflectorFamilies {
  readonly #clock: Clock;
  readonly #signs = new Map<string, Set<Pulse>>();
  readonly #declare: (resource: string) => Omit<ReflectorMetrics, "begin">;

  constructor(registry: Registry, clock: Clock) {
    this.#clock = clock;
    const labels = ["resource"] as const;
    const count = (name: string, help: string) => counter(registry, { name: `reflector_${name}_total`, help, labels });
    const lists = count("lists", "Complete lists");
    const malformed = count("malformed_events", "Watch lines that are no event");
    const handlerErrors = count("handler_errors", "Change handlers that threw");
    const ends = counter(registry, {
      name: "reflector_watches_ended_total",
      help: "Watches that ended, by reason",
      labels: ["resource", "reason"],
    });
    readGauge(registry, {
      name: "reflector_silent_seconds",
      help: "Time since the API server last said anything to the reflector that has waited longest",
      labels,
      read: () =>
        [...this.#signs].map(([resource, signs]) => ({
          labels: { resource },
          value: this.#longest(signs, ({ heardAt }) => heardAt),
        })),
    });
    this.#declare = (resource) => {
      for (const reason of END_REASONS) ends.inc({ resource, reason }, 0);
      for (const one of [lists, malformed, handlerErrors]) one.inc({ resource }, 0);
      return {
        listed: () => lists.inc({ resource }),
        watchEnded: (reason) => ends.inc({ resource, reason }),
        malformed: () => malformed.inc({ resource }),
        handlerError: () => handlerErrors.inc({ resource }),
      };
    };
  }

  of(resource: string): ReflectorMetrics {
    const signs = this.#signs.get(resource) ?? new Set<Pulse>();
    this.#signs.set(resource, signs);
    return { ...this.#declare(resource), begin: () => new Pulse(signs, this.#clock) };
  }

  /** The resource whose reflector has shown no sign of life for longest, and for how many seconds. */
  leastAlive(): { readonly resource: string; readonly seconds: number } | undefined {
    const ages = [...this.#signs].map(([resource, signs]) => ({
      resource,
      seconds: this.#longest(signs, ({ aliveAt }) => aliveAt),
    }));
    return ages.sort((a, b) => b.seconds - a.seconds)[0];
  }

  #longest(signs: ReadonlySet<Pulse>, time: (signs: Pulse) => number): number {
    const now = this.#clock.monotonic();
    return Math.max(0, ...[...signs].map((one) => (now - time(one)) / 1000));
  }
}
