import type { Request, RequestHandler } from "express";
import { attribute } from "../kit/http/request.ts";
import type { RequestLimits } from "../limits/request-limits.ts";
import { bearerToken } from "./bearer.ts";
import { identify } from "./identity.ts";
import { KeysUnavailableError } from "./key-set.ts";
import type { AuthMetrics } from "./metrics.ts";
import { keysUnavailableProblem, refusalProblem } from "./problems.ts";
import { TokenRefusal } from "./refusal.ts";
import { wasRefused } from "./require-role.ts";
import type { Verifier } from "./verify.ts";

export interface AuthenticateOptions {
  readonly verify: Verifier;
  readonly metrics: Pick<AuthMetrics, "requests">;
  /** Where tokens come from. */
  readonly advice: string;
  /** Where a request has its token; the Authorization header unless told otherwise. @throws TokenRefusal */
  readonly tokenOf?: (request: Request) => string;
  /** How many requests a subject may send, and how many of an address may be refused; absent for any number. */
  readonly limits?: Pick<RequestLimits, "accepted" | "refused"> | undefined;
}

/** Lets a request pass that has a valid token, and notes whose it is. Each request is counted once. */
export function authenticate(options: AuthenticateOptions): RequestHandler {
  const { verify, metrics, advice, tokenOf = bearerToken, limits } = options;
  return async (request, response, next) => {
    let token: string;
    let subject: string;
    try {
      token = tokenOf(request);
      const identity = await verify(token);
      ({ subject } = identity);
      identify(request, identity);
      attribute(request, subject);
    } catch (err) {
      const problem = refuse(err);
      if (err instanceof TokenRefusal) await limits?.refused(request, response);
      throw problem;
    }
    response.once("close", () => {
      metrics.requests.inc({ outcome: wasRefused(request) ? "insufficient_role" : "accepted" });
    });
    await limits?.accepted(request, response, token, subject);
    next();
  };

  function refuse(err: unknown): unknown {
    if (err instanceof TokenRefusal) {
      metrics.requests.inc({ outcome: err.outcome });
      return refusalProblem(err, advice);
    }
    if (!(err instanceof KeysUnavailableError)) return err;
    metrics.requests.inc({ outcome: "keys_unavailable" });
    return keysUnavailableProblem(err);
  }
}
