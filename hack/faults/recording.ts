import type { SeenRequest } from "./seen-request.ts";

/** An answer of the API server to a read, in one piece. */
export interface RecordedAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer;
}

/** Everything that was read through the proxy, as it was at one moment. */
export class Recording {
  readonly #answers: ReadonlyMap<string, RecordedAnswer>;

  constructor(answers: ReadonlyMap<string, RecordedAnswer>) {
    this.#answers = answers;
  }

  get size(): number {
    return this.#answers.size;
  }

  /** Undefined for what was not recorded, and for all that is no read. */
  find(request: Pick<SeenRequest, "method" | "watch" | "path" | "query">): RecordedAnswer | undefined {
    return isRead(request) ? this.#answers.get(readKey(request)) : undefined;
  }
}

/** A read that the proxy has seen, with what it takes to ask it again. */
interface KnownRead {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

export type Ask = (read: KnownRead) => Promise<RecordedAnswer>;

/** Remembers what a client reads, to be able to ask all of it again. Credentials stay in memory. */
export class ReadHistory {
  readonly #reads = new Map<string, KnownRead>();

  add(request: SeenRequest, headers: Readonly<Record<string, string>>): void {
    if (!isRead(request)) return;
    this.#reads.set(readKey(request), { url: wholeUrl(request), headers });
  }

  /** Asks the server for everything that was read so far. What it refuses is not recorded. */
  async record(ask: Ask): Promise<Recording> {
    const answers = await Promise.all([...this.#reads].map(async ([key, read]) => [key, await ask(read)] as const));
    return new Recording(new Map(answers.filter(([, { status }]) => status === 200 || status === 404)));
  }
}

function isRead({ method, watch }: Pick<SeenRequest, "method" | "watch">): boolean {
  return method === "GET" && !watch;
}

// Of how a list is cut into pages, and of how old it may be: the same list all the same.
const NOT_CONTENT = new Set([
  "limit",
  "continue",
  "resourceVersion",
  "resourceVersionMatch",
  "timeoutSeconds",
  "timeout",
]);

function contentQuery(query: Readonly<Record<string, string>>): string {
  const kept = Object.entries(query).filter(([name]) => !NOT_CONTENT.has(name));
  return new URLSearchParams(kept.sort(([a], [b]) => (a < b ? -1 : 1))).toString();
}

function readKey({ path, query }: Pick<SeenRequest, "path" | "query">): string {
  return `${path}?${contentQuery(query)}`;
}

/** The whole list in one piece. */
function wholeUrl({ path, query }: SeenRequest): string {
  const text = contentQuery(query);
  return text === "" ? path : `${path}?${text}`;
}
