import type { Outcome } from "./metrics.ts";

/** Why a token was not accepted. */
export class TokenRefusal extends Error {
  override readonly name = "TokenRefusal";
  readonly outcome: Exclude<Outcome, "accepted">;

  /** @param message sentences that say what is wrong; nothing of the token beside times */
  constructor(outcome: Exclude<Outcome, "accepted">, message: string, options?: ErrorOptions) {
    super(message, options);
    this.outcome = outcome;
  }
}
