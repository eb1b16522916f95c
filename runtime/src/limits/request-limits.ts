import type { Request, RequestHandler, Response } from "express";
import { tokenIfAny } from "../auth/upgrade-token.ts";
import { addressBlock } from "./address.ts";
import { tellBudget } from "./answer.ts";
import type { Policies } from "./config.ts";
import type { KnownTokens } from "./known-tokens.ts";
import type { Limiter } from "./limiter.ts";

export interface RequestLimitsOptions {
  readonly limiter: Pick<Limiter, "take" | "peek">;
  readonly policies: Policies;
  readonly known: KnownTokens;
}

const reading: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Takes each request out of one budget: that of its token's subject, or that of its address if it has no token that is
 * accepted. All throw a Problem "rate-limited" when the budget is used up.
 */
export class RequestLimits {
  readonly #options: RequestLimitsOptions;
  readonly #counted = new WeakSet<Request>();

  constructor(options: RequestLimitsOptions) {
    this.#options = options;
  }

  /**
   * Stands in front of the check of tokens, and spares it those of an address that has had too many refused. Tokens that
   * were accepted lately go on to be checked: others may share their address, or the proxy that it is of.
   */
  readonly beforeToken: RequestHandler = (request, response, next) => {
    const { limiter, policies, known } = this.#options;
    const decision = limiter.peek(policies.refusals, ownerOf(request));
    if (!decision.allowed) {
      const token = tokenIfAny(request);
      if (token === undefined || !known.has(token)) {
        tellBudget(response, policies.refusals, decision, "this address");
      }
    }
    next();
  };

  /** After a token was accepted. */
  async accepted(request: Request, response: Response, token: string, subject: string): Promise<void> {
    const { limiter, policies, known } = this.#options;
    known.add(token);
    this.#counted.add(request);
    const policy = reading.has(request.method) ? policies.reads : policies.writes;
    tellBudget(response, policy, await limiter.take(policy, subject), "this token's subject");
  }

  /** After a token was refused, or was missing. */
  async refused(request: Request, response: Response): Promise<void> {
    const { limiter, policies } = this.#options;
    this.#counted.add(request);
    const decision = await limiter.take(policies.refusals, ownerOf(request));
    tellBudget(response, policies.refusals, decision, "this address");
  }

  /** Stands in front of what needs no token. */
  readonly withoutToken: RequestHandler = async (request, response, next) => {
    const { limiter, policies } = this.#options;
    if (!this.#counted.has(request)) {
      const decision = await limiter.take(policies.anonymous, ownerOf(request));
      tellBudget(response, policies.anonymous, decision, "this address");
    }
    next();
  };
}

/** `request.ip` is what the outermost proxy that is trusted says, which may be no address: then the proxy's own counts. */
function ownerOf(request: Request): string {
  return addressBlock(request.ip) ?? addressBlock(request.socket.remoteAddress) ?? "unknown";
}
