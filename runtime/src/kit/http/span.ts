import { type Context, context, type Span, SpanKind } from "@opentelemetry/api";
import type { Request, Response } from "express";
import { readTrace, traceIdOf } from "../traces/context.ts";
import { noteFailure, startSpan } from "../traces/span.ts";

/** The span of a request, from its headers to the end of its answer. */
export interface RequestSpan {
  /** What the request has done belongs here. */
  readonly context: Context;
  readonly traceId: string;
  /**
   * @param route the template that matched, undefined when none did
   * @param complete whether the client was there to the end
   */
  end(response: Response, route: string | undefined, complete: boolean): void;
}

/** Others would be as many names of spans as somebody likes to make up. */
const knownMethods = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/**
 * Goes on with the trace that a request's headers tell of, or begins one. Of what the client has sent nothing else gets
 * into it, its path neither: clients have put e-mail addresses and tokens into those.
 *
 * @returns undefined when there is no trace: none is recorded, and the client has sent none
 */
export function startRequestSpan(request: Request): RequestSpan | undefined {
  const method = knownMethods.has(request.method) ? request.method : "_OTHER";
  const name = method === "_OTHER" ? "HTTP" : method;
  const attributes = { "http.request.method": method, "url.scheme": request.secure ? "https" : "http" };
  const started = startSpan(name, { kind: SpanKind.SERVER, attributes }, readTrace(request.headers));
  const traceId = traceIdOf(started.context);
  if (traceId === undefined) return undefined;
  const { span } = started;
  return {
    context: started.context,
    traceId,
    end(response, route, complete) {
      if (span.isRecording()) describeAnswer(span, name, response, route, complete);
      span.end();
    },
  };
}

function describeAnswer(
  span: Span,
  name: string,
  { statusCode, headersSent }: Response,
  route: string | undefined,
  complete: boolean,
): void {
  if (route !== undefined) {
    span.updateName(`${name} ${route}`);
    span.setAttribute("http.route", route);
  }
  if (headersSent || statusCode === 101) span.setAttribute("http.response.status_code", statusCode);
  if (!complete) noteFailure(span, new ClientGoneError());
  else if (statusCode >= 500) noteFailure(span, { code: statusCode });
}

/** Nobody was there to take the answer to its end. */
class ClientGoneError extends Error {
  override readonly name = "ClientGoneError";
}

/** Does something that belongs to a request's span, if it has one. */
export function inContextOf<T>(span: RequestSpan | undefined, work: () => T): T {
  return span === undefined ? work() : context.with(span.context, work);
}
