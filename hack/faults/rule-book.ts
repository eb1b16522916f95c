import type { EventStage, EventStageContext } from "./event-stage.ts";
import type { Fault, Rule } from "./fault.ts";
import { matches, type SeenRequest } from "./seen-request.ts";

/** A rule that is in force. */
export interface ActiveRule {
  /** Requests, or watches for faults of events, that it has acted on. */
  readonly applied: number;
  remove(): void;
}

type RequestFault = Exclude<Fault, { readonly kind: "events" }>;

/** A rule of events, as one watch sees it. */
export interface EventsRule {
  makeStage(context: EventStageContext): EventStage;
}

class Entry implements ActiveRule {
  readonly rule: Rule;
  readonly #onRemove: (entry: Entry) => void;
  applied = 0;

  constructor(rule: Rule, onRemove: (entry: Entry) => void) {
    this.rule = rule;
    this.#onRemove = onRemove;
  }

  remove(): void {
    this.#onRemove(this);
  }

  makeStage(context: EventStageContext): EventStage {
    const { fault } = this.rule;
    if (fault.kind !== "events") throw new Error(`a rule of the kind ${fault.kind} does nothing to events`);
    this.applied += 1;
    return fault.stage(context);
  }

  takes(request: SeenRequest): boolean {
    const { match = {}, times = Number.POSITIVE_INFINITY } = this.rule;
    return this.applied < times && matches(match, request);
  }
}

/** The rules in force, in the order in which they were made. */
export class RuleBook {
  #entries: readonly Entry[] = [];
  readonly #listeners = new Set<() => void>();

  add(rule: Rule): ActiveRule {
    const entry = new Entry(rule, (removed) => this.#set(this.#entries.filter((one) => one !== removed)));
    this.#set([...this.#entries, entry]);
    return entry;
  }

  clear(): void {
    this.#set([]);
  }

  /** What is to happen to a request now; each rule counts it. */
  faultsFor(request: SeenRequest): readonly RequestFault[] {
    return this.#entries.flatMap((entry): readonly RequestFault[] => {
      const { fault } = entry.rule;
      if (fault.kind === "events" || !entry.takes(request)) return [];
      entry.applied += 1;
      return [fault];
    });
  }

  /** What is to happen to the events of a watch that was opened by this request. */
  eventRulesFor(request: SeenRequest): readonly EventsRule[] {
    return this.#entries.filter(({ rule }) => rule.fault.kind === "events" && matches(rule.match ?? {}, request));
  }

  /** Calls back whenever rules have changed, until the returned function is called. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #set(entries: readonly Entry[]): void {
    this.#entries = entries;
    for (const listener of this.#listeners) listener();
  }
}
