import {
  isContentWrite,
  matches,
  parseHead,
  type RequestHead,
  type RequestMatch,
  type SeenRequest,
} from "./seen-request.ts";

/** What is kept of a request: never its body. */
export interface RequestRecord extends Omit<SeenRequest, "body"> {
  /** As the client got it; undefined while it waits, and where it got no answer. */
  readonly status: number | undefined;
  /** Milliseconds from arrival to the head of the answer. */
  readonly tookMs: number | undefined;
}

export interface RequestLogOptions {
  /** Wall clock, milliseconds. */
  readonly now: () => number;
  /** Requests remembered; older ones are only counted. */
  readonly keep?: number;
}

const KEEP = 20_000;

/** Numbers requests and remembers the last ones. */
export class RequestLog {
  readonly #now: () => number;
  readonly #keep: number;
  #records: { -readonly [Key in keyof RequestRecord]: RequestRecord[Key] }[] = [];
  #seen = 0;
  #writes = 0;

  constructor({ now, keep = KEEP }: RequestLogOptions) {
    this.#now = now;
    this.#keep = keep;
  }

  /** Content writes so far. */
  get writes(): number {
    return this.#writes;
  }

  /** Takes in a request whose body has been read, and returns what to call at the head of its answer. */
  open(
    head: RequestHead,
    body: string,
  ): { readonly request: SeenRequest; readonly answered: (status: number) => void } {
    const parsed = parseHead(head);
    const write = isContentWrite(parsed) ? ++this.#writes : undefined;
    const kept = { ...parsed, id: ++this.#seen, write, at: this.#now() };
    const record = { ...kept, status: undefined as number | undefined, tookMs: undefined as number | undefined };
    this.#records.push(record);
    // Cut in large pieces, so that a long run does not move the whole array for each request.
    if (this.#records.length > this.#keep * 2) this.#records = this.#records.slice(-this.#keep);
    const answered = (status: number): void => {
      record.status = status;
      record.tookMs = this.#now() - record.at;
    };
    return { request: { ...kept, body }, answered };
  }

  /** The remembered requests that match, in the order of their arrival. */
  list(match: RequestMatch = {}): readonly RequestRecord[] {
    return this.#records.filter((record) => matches(match, { ...record, body: "" })).map((record) => ({ ...record }));
  }

  /** Forgets all requests, and counts writes from 0 again. */
  clear(): void {
    this.#records = [];
    this.#writes = 0;
  }
}
