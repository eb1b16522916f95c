import type { Request, RequestHandler } from "express";
import { attribute } from "../kit/http/request.ts";
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
}

/** Lets a request pass that has a valid token, and notes whose it is. Each request is counted once. */
export function authenticate({ verify, metrics, advice, tokenOf = bearerToken }: AuthenticateOptions): RequestHandler {
  return async (request, response, next) => {
    try {
      const identity = await verify(tokenOf(request));
      identify(request, identity);
      attribute(request, identity.subject);
    } catch (err) {
      throw refuse(err);
    }
    response.once("close", () => {
      metrics.requests.inc({ outcome: wasRefused(request) ? "insufficient_role" : "accepted" });
    });
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
