import type { Clock } from "@profile-platform/operator/engine/kit/clock";
import type { EventStage, WatchEvent } from "./event-stage.ts";
import type { EventsRule, RuleBook } from "./rule-book.ts";
import type { SeenRequest } from "./seen-request.ts";

const NEWLINE = 0x0a;

/** The client's side of a watch. */
export interface WatchSink {
  /** One line with its line feed. */
  write(line: Buffer | string): void;
  /** As a server ends a watch whose time is up. */
  end(): void;
  /** As a connection breaks. */
  cut(): void;
}

export interface WatchStreamOptions {
  readonly request: SeenRequest;
  readonly rules: RuleBook;
  readonly clock: Clock;
  readonly sink: WatchSink;
}

/** One watch that is open: lines from the server go through the stages of the rules in force, and on to the client. */
export class WatchStream {
  readonly request: SeenRequest;
  readonly #options: WatchStreamOptions;
  readonly #stopListening: () => void;
  #stages: readonly { readonly rule: EventsRule; readonly stage: EventStage }[] = [];
  #pending: Buffer[] = [];
  #over = false;

  constructor(options: WatchStreamOptions) {
    this.request = options.request;
    this.#options = options;
    this.#stopListening = options.rules.onChange(() => this.#sync());
    this.#sync();
  }

  /** Bytes from the server, cut anywhere. */
  take(bytes: Buffer): void {
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      const line = Buffer.concat([...this.#pending, bytes.subarray(start, end + 1)]);
      this.#pending = [];
      start = end + 1;
      // Nothing is parsed that nobody looks at.
      if (this.#stages.length === 0) this.#write(line);
      else this.#pass(JSON.parse(line.toString("utf8")) as WatchEvent, 0);
    }
    if (start < bytes.length) this.#pending.push(bytes.subarray(start));
  }

  end(): void {
    if (this.#close()) this.#options.sink.end();
  }

  cut(): void {
    if (this.#close()) this.#options.sink.cut();
  }

  /** Says that the resource version is too old, as an event, and ends. */
  expire(): void {
    const status = {
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message: "too old resource version: an injected fault",
      reason: "Expired",
      code: 410,
    };
    this.#write(`${JSON.stringify({ type: "ERROR", object: status })}\n`);
    this.end();
  }

  #sync(): void {
    const rules = this.#options.rules.eventRulesFor(this.request);
    // What a stage holds back goes out while those behind it still stand, so that order is kept.
    for (const { rule, stage } of this.#stages) if (!rules.includes(rule)) stage.flush();
    this.#stages = rules.map(
      (rule) => this.#stages.find((known) => known.rule === rule) ?? { rule, stage: this.#makeStage(rule) },
    );
  }

  #makeStage(rule: EventsRule): EventStage {
    return rule.makeStage({
      clock: this.#options.clock,
      emit: (event) => this.#pass(event, this.#stages.findIndex((known) => known.rule === rule) + 1),
    });
  }

  #pass(event: WatchEvent, from: number): void {
    const next = this.#stages[from];
    if (next === undefined) this.#write(`${JSON.stringify(event)}\n`);
    else next.stage.take(event);
  }

  #write(line: Buffer | string): void {
    if (!this.#over) this.#options.sink.write(line);
  }

  #close(): boolean {
    if (this.#over) return false;
    this.#over = true;
    this.#stopListening();
    return true;
  }
}
