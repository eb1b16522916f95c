import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Request, RequestHandler, Response } from "express";
import { errorCode } from "../../kit/errors.ts";
import { allowsRange, judge } from "../../kit/http/conditions.ts";
import { leaveFlight } from "../../kit/http/flight.ts";
import { Problem } from "../../kit/http/problem.ts";
import { validate } from "../../kit/http/validate.ts";
import { keepBudgetQuiet } from "../../limits/answer.ts";
import { noQuery } from "../../profiles/http.ts";
import { type SizeName, servedExtension, servedParameters, servedType } from "../image.ts";
import type { ImageReader, ImageRecord } from "../repository.ts";
import { unconfigured } from "../service.ts";
import type { ImageStores } from "../store/store.ts";
import { type ByteRange, rangeOf } from "./range.ts";

export interface ServeOptions {
  readonly reader: ImageReader;
  readonly stores: Pick<ImageStores, "byName">;
}

/** Bytes that are read from the store at once: most images are one such part. */
const partLength = 256 * 1_024;

/** What is under a hash never changes: a year is what the longest-lived caches honour. */
const forever = "public, max-age=31536000, immutable";

/** A problem is true for now: many a cache would keep a 404 for a while. */
const problemHeaders = { "Cache-Control": "no-cache" };

const headers = {
  "Cache-Control": forever,
  "Accept-Ranges": "bytes",
  // Whatever somebody got into a picture, a browser takes it for a picture, and lets it do nothing.
  "X-Content-Type-Options": "nosniff",
  "Content-Security-Policy": "default-src 'none'; sandbox",
  // Pages of other origins show them: that is what a content delivery network is for.
  "Cross-Origin-Resource-Policy": "cross-origin",
  // And read their pixels, as a canvas does. The same to everybody, for a cache in front keeps one answer for all.
  "Access-Control-Allow-Origin": "*",
};

/** Serves an image that some profile has, to anybody. */
export function serveHandler(options: ServeOptions): RequestHandler {
  return async (request, response) => {
    validate(noQuery, request.query, "");
    const { hash, file } = validate(servedParameters, request.params, "");
    const size = file.slice(0, -servedExtension.length - 1) as SizeName;
    const image = await options.reader.find(hash);
    if (image === undefined) throw missing(hash);
    const etag = `"${hash}-${size}"`;
    const verdict = judge(request.headers, etag);
    if (verdict === "failed") {
      const detail = `The image is what it was, with the ETag ${etag}; leave If-Match out.`;
      throw new Problem("version-mismatch", detail, { headers: problemHeaders });
    }
    keepBudgetQuiet(response);
    if (verdict === "not-modified") {
      response
        .status(304)
        .set({ ...headers, ETag: etag })
        .end();
      return;
    }
    await send(options, request, response, { image, size, etag });
  };
}

interface Served {
  readonly image: ImageRecord;
  readonly size: SizeName;
  readonly etag: string;
}

async function send(options: ServeOptions, request: Request, response: Response, served: Served): Promise<void> {
  const { image, size, etag } = served;
  const { bytes } = image.sizes[size];
  const asked = request.method === "GET" && allowsRange(request.get("if-range"), etag);
  const range = asked ? rangeOf(request.get("range"), bytes) : "all";
  if (range === "unsatisfiable") {
    throw new Problem("range-not-satisfiable", `The image has ${bytes} bytes; ask for a range within them.`, {
      headers: { ...problemHeaders, "Content-Range": `bytes */${bytes}` },
    });
  }
  const { first, last } = range === "all" ? { first: 0, last: bytes - 1 } : range;
  const describe = (): void => {
    response.status(range === "all" ? 200 : 206).set({ ...headers, ETag: etag, "Content-Type": servedType });
    response.set("Content-Length", String(last - first + 1));
    if (range !== "all") response.set("Content-Range", `bytes ${first}-${last}/${bytes}`);
  };
  if (request.method === "HEAD") {
    describe();
    response.end();
    return;
  }
  const parts = partsOf(options, served, { first, last });
  // Read before anything is said: a store that fails is answered with a problem.
  const beginning = await parts.next();
  describe();
  // From here on it waits for its client more than for anything else.
  leaveFlight(request);
  await deliver(response, beginning.done === true ? undefined : beginning.value, parts);
}

async function deliver(response: Response, beginning: Buffer | undefined, rest: AsyncGenerator<Buffer>): Promise<void> {
  async function* all(): AsyncGenerator<Buffer> {
    if (beginning !== undefined) yield beginning;
    yield* rest;
  }
  try {
    await pipeline(Readable.from(all(), { objectMode: false }), response);
  } catch (thrown) {
    if (errorCode(thrown) !== "ERR_STREAM_PREMATURE_CLOSE") throw thrown;
  }
}

async function* partsOf({ stores }: ServeOptions, { image, size }: Served, range: ByteRange): AsyncGenerator<Buffer> {
  const store = stores.byName.get(image.store);
  if (store === undefined) throw unconfigured(image.store);
  for (let at = range.first; at <= range.last; at += partLength) {
    const length = Math.min(partLength, range.last + 1 - at);
    const part = await store.read(image, size, at, length);
    if (part === undefined) throw missing(image.hash.toString("hex"));
    if (part.length !== length) throw new Error(`the store gave ${part.length} bytes of an image instead of ${length}`);
    yield part;
  }
}

function missing(hash: string): Problem {
  return new Problem("not-found", `No profile has an image ${hash}.`, { headers: problemHeaders });
}
