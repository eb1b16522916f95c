/** A request as it came in, before any rule has looked at it. */
export interface SeenRequest {
  /** From 1, in the order of arrival. */
  readonly id: number;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** Empty where there is none. May hold a Secret: it is in no record and no log. */
  readonly body: string;
  readonly watch: boolean;
  /** Which content write it is, from 1; undefined for one that is none. */
  readonly write: number | undefined;
  readonly userAgent: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Which requests something concerns; what is left out matches everything. */
export interface RequestMatch {
  readonly methods?: readonly string[];
  readonly path?: RegExp;
  readonly watch?: boolean;
  readonly where?: (request: SeenRequest) => boolean;
}

/** Watches of one resource, or of all. */
export const WATCHES: RequestMatch = { watch: true };
export const READS: RequestMatch = { methods: ["GET"], watch: false };
export const WRITES: RequestMatch = { methods: ["POST", "PUT", "PATCH", "DELETE"] };

export function matches({ methods, path, watch, where }: RequestMatch, request: SeenRequest): boolean {
  return (
    (methods === undefined || methods.includes(request.method)) &&
    (path === undefined || path.test(request.path)) &&
    (watch === undefined || watch === request.watch) &&
    (where === undefined || where(request))
  );
}

/** For `where`: the first request to each path, and none after it. */
export function firstOfEachPath(): (request: SeenRequest) => boolean {
  const seen = new Set<string>();
  return ({ path }) => {
    if (seen.has(path)) return false;
    seen.add(path);
    return true;
  };
}

export interface RequestHead {
  readonly method: string;
  readonly url: string;
  readonly userAgent: string;
}

/** Path, query and kind of a request; its number and body come later. */
export function parseHead({ method, url, userAgent }: RequestHead): Omit<SeenRequest, "id" | "body" | "write" | "at"> {
  const { pathname, searchParams } = new URL(url, "https://any");
  const query = Object.fromEntries(searchParams);
  const watch = method === "GET" && (query["watch"] === "true" || query["watch"] === "1");
  return { method, path: pathname, query, watch, userAgent };
}

const BOOKKEEPING = /^\/apis\/(coordination\.k8s\.io|events\.k8s\.io|authentication\.k8s\.io|authorization\.k8s\.io)\//;
const CORE_EVENTS = /^\/api\/v1\/(namespaces\/[^/]+\/)?events(\/|$)/;

/**
 * Whether a request may change what a user asked for. A Lease, an Event or a dry run changes nothing of that, and comes
 * at times of its own, so that counting it would make the n-th write another one in each run.
 */
export function isContentWrite({ method, path, query }: Pick<SeenRequest, "method" | "path" | "query">): boolean {
  return (
    WRITES.methods?.includes(method) === true &&
    query["dryRun"] === undefined &&
    !BOOKKEEPING.test(path) &&
    !CORE_EVENTS.test(path)
  );
}
