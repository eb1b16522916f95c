import { finished } from "node:stream";
import type { ErrorRequestHandler, Request, RequestHandler, Response } from "express";
import { errorCode, reasonOf, SaturatedError, UnavailableError } from "../errors.ts";
import type { Health } from "../health.ts";
import { unreadable } from "./body-errors.ts";
import { Problem, sendProblem } from "./problem.ts";
import { contextOf } from "./request.ts";

export const notFound: RequestHandler = (request) => {
  throw new Problem("not-found", `There is nothing at ${request.path}. docs/api.md lists what there is.`);
};

/** Answers for the routes behind it until start-up is over. */
export function requireStarted(health: Pick<Health, "started" | "report">): RequestHandler {
  return (_request, _response, next) => {
    if (health.started) return next();
    const detail = `The service is not ready: ${health.report().reason ?? "starting"}.`;
    throw new Problem("unavailable", detail, { headers: { "Retry-After": "2" } });
  };
}

/** Answers a known path with an unsupported method. */
export function allowOnly(...methods: readonly string[]): RequestHandler {
  const allowed = methods.join(", ");
  return (request) => {
    throw new Problem("method-not-allowed", `${request.method} is not supported here; use ${allowed}.`, {
      headers: { Allow: allowed },
    });
  };
}

/** Turns whatever a handler threw into a problem; what is not the client's doing is logged with its cause. */
export const answerErrors: ErrorRequestHandler = (thrown: unknown, request, response, next) => {
  const problem = toProblem(thrown);
  const { log } = contextOf(request);
  const { status, detail } = problem.details;
  if (status === 503) log.warn({ reason: reasonOf(problem.cause ?? problem) }, detail);
  else if (status >= 500) log.error({ err: problem.cause ?? problem }, detail);
  if (response.headersSent) {
    next(thrown);
    return;
  }
  untilReadable(request, response, () => sendProblem(response, problem));
};

/** Milliseconds for which the rest of a refused request is taken and thrown away. */
const longestRest = 5_000;

/**
 * Has a client be told that can be told. Whoever wants the connection closed, as proxies with HTTP/1.0 do, and is still
 * sending: Node.js closes it behind the answer, with bytes unread, for which the kernel resets it and the client never
 * sees the answer. Everybody else may be answered at once: what still comes is thrown away while the connection stays.
 */
function untilReadable(request: Request, response: Response, answer: () => void): void {
  if (response.shouldKeepAlive || request.complete) return answer();
  const over = AbortSignal.timeout(longestRest);
  finished(request.resume(), { signal: over, writable: false }, answer);
}

/** PostgreSQL's codes for a statement that was cancelled, and for a lock that did not come free in time. */
const tookTooLong = new Set(["57014", "55P03"]);

function toProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  if (thrown instanceof SaturatedError) {
    const detail = `Too many requests wait for ${thrown.dependency}; nothing was changed, so try again shortly.`;
    return new Problem("unavailable", detail, { headers: { "Retry-After": "2" }, cause: thrown });
  }
  if (thrown instanceof UnavailableError) {
    return new Problem("unavailable", `${thrown.dependency} cannot be reached; try again shortly.`, {
      headers: { "Retry-After": "2" },
      cause: thrown,
    });
  }
  if (tookTooLong.has(errorCode(thrown) ?? "")) {
    return new Problem("unavailable", "postgresql took too long; nothing was changed, so try again shortly.", {
      headers: { "Retry-After": "2" },
      cause: thrown,
    });
  }
  return (
    unreadable(thrown) ??
    new Problem("internal", "An unforeseen error; the log has it under this request id.", {
      cause: thrown,
    })
  );
}
