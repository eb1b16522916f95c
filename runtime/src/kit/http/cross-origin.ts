import type { Request, RequestHandler } from "express";
import { Problem } from "./problem.ts";
import { quieten } from "./request.ts";

/** Headers that a page may send, beside those that it may send to anybody. */
const sent = [
  "Authorization",
  "Content-Type",
  "Idempotency-Key",
  "If-Match",
  "If-None-Match",
  "X-Request-Id",
  "traceparent",
  "tracestate",
].join(", ");

/** Headers that a page is shown, beside those that it is shown by anybody. */
const shown = [
  "Allow",
  "ETag",
  "Idempotency-Replayed",
  "Location",
  "RateLimit",
  "RateLimit-Policy",
  "Retry-After",
  "WWW-Authenticate",
  "X-Request-Id",
].join(", ");

const preflightHeaders = {
  "Access-Control-Allow-Methods": "GET, HEAD, POST, PUT, DELETE",
  "Access-Control-Allow-Headers": sent,
  // Seconds: browsers keep it for two hours at most.
  "Access-Control-Max-Age": "7200",
};

/**
 * Has browsers let pages of other origins call what is behind it (the CORS protocol of the Fetch standard). Credentials
 * that a browser would send by itself are never asked for, so a page can do no more than who has its token.
 *
 * It stands in front of everything that may refuse a request: a page is to see why it was refused. The package cors takes
 * each OPTIONS for a question of a browser, and answers one of a page that is not allowed without a reason.
 *
 * @param allowed origins of pages; undefined for all
 */
export function crossOrigin(allowed: readonly string[] | undefined): RequestHandler {
  return (request, response, next) => {
    if (allowed !== undefined) response.vary("Origin");
    const { origin } = request.headers;
    if (origin === undefined) return next();
    const isAllowed = allowed === undefined || allowed.includes(origin);
    if (isAllowed) {
      response.set("Access-Control-Allow-Origin", allowed === undefined ? "*" : origin);
      response.set("Access-Control-Expose-Headers", shown);
    }
    if (!isPreflight(request)) return next();
    if (!isAllowed) {
      const detail = "API_ALLOWED_ORIGINS of the server does not name the origin of this page.";
      throw new Problem("origin-not-allowed", detail);
    }
    // Each tells no more than the request that follows it.
    quieten(request);
    response.status(204).set(preflightHeaders).end();
  };
}

/** Whether a browser asks what a page may send, before it sends it. It has no token then. */
function isPreflight({ method, headers }: Request): boolean {
  return method === "OPTIONS" && headers["access-control-request-method"] !== undefined;
}
