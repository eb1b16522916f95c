import { randomUUID } from "node:crypto";
import type { NextFunction, Request, RequestHandler, Response } from "express";
import type { Logger } from "../log.ts";
import type { HttpMetrics } from "../metrics.ts";
import { inContextOf, startRequestSpan } from "./span.ts";

export interface RequestContext {
  /** Of the caller's `X-Request-Id`, or made here. Returned to the caller, logged, and handed on with tasks. */
  readonly requestId: string;
  /** Of the trace that the request belongs to; undefined when there is none. */
  readonly traceId: string | undefined;
  readonly log: Logger;
}

const contexts = new WeakMap<Request, RequestContext>();
const subjects = new WeakMap<Request, string>();
const quiet = new WeakSet<Request>();
const acceptableId = /^[\w.:-]{1,128}$/;

/** Probes come every few seconds and say nothing. */
const quietPaths = new Set(["/health", "/ready"]);

export function contextOf(request: Request): RequestContext {
  const context = contexts.get(request);
  if (context === undefined) throw new Error("the request passed no observeRequests handler");
  return context;
}

/** The trace that a request belongs to; undefined when there is none. */
export function traceOf(request: Request): string | undefined {
  return contexts.get(request)?.traceId;
}

/** Has the request's log line tell whose it is. */
export function attribute(request: Request, subject: string): void {
  subjects.set(request, subject);
}

/** Has the request's line told at level debug only, and its span not at all. */
export function quieten(request: Request): void {
  quiet.add(request);
}

/** Few requests have more to tell than their line: only these get a logger. */
class Context implements RequestContext {
  readonly requestId: string;
  readonly traceId: string | undefined;
  readonly #parent: Logger;
  #log: Logger | undefined;

  constructor(requestId: string, traceId: string | undefined, parent: Logger) {
    this.requestId = requestId;
    this.traceId = traceId;
    this.#parent = parent;
  }

  get log(): Logger {
    this.#log ??= this.#parent.child({ requestId: this.requestId });
    return this.#log;
  }
}

/**
 * Gives each request an id, a logger and its place in a trace; when its answer is out, writes one line and counts it by
 * route template.
 *
 * @param metrics absent for scrapes, which are neither counted nor in a trace
 */
export function observeRequests(log: Logger, metrics?: HttpMetrics): RequestHandler {
  return (request: Request, response: Response, next: NextFunction) => {
    const startedAt = performance.now();
    const given = request.get("x-request-id");
    const requestId = given !== undefined && acceptableId.test(given) ? given : randomUUID();
    const { method, path } = request;
    const span = metrics === undefined || quietPaths.has(path) ? undefined : startRequestSpan(request);
    contexts.set(request, new Context(requestId, span?.traceId, log));
    response.setHeader("X-Request-Id", requestId);
    response.once("close", () => {
      const milliseconds = performance.now() - startedAt;
      // What became another protocol is answered by its first word.
      const complete = response.writableFinished || response.statusCode === 101;
      const route = routeOf(request);
      const labels = { method, route: route ?? "unmatched", status: String(response.statusCode) };
      metrics?.duration.observe(labels, milliseconds / 1_000);
      const subject = subjects.get(request);
      const line = {
        requestId,
        method,
        path,
        status: response.statusCode,
        ms: Math.round(milliseconds * 10) / 10,
        complete,
        ...(subject === undefined ? {} : { subject }),
      };
      const level = quietPaths.has(path) || quiet.has(request) ? "debug" : "info";
      inContextOf(span, () => log[level](line, complete ? "answered" : "the client went away"));
      if (!quiet.has(request)) span?.end(response, route, complete);
    });
    inContextOf(span, next);
  };
}

/** The template that matched, never the path itself: a label of unbounded values would exhaust the scraper. */
function routeOf(request: Request): string | undefined {
  const route: unknown = request.route;
  if (typeof route !== "object" || route === null || !("path" in route)) return undefined;
  return `${request.baseUrl}${String(route.path)}`;
}
