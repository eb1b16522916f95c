import { errorCode } from "../kit/errors.ts";
import { Problem } from "../kit/http/problem.ts";
import type { Queryable } from "../kit/stores/postgres.ts";
import type { Databases, Transaction } from "../shards/databases.ts";
import { keyHeader } from "./key.ts";
import type { IdempotencyMetrics } from "./metrics.ts";
import { type KeyedRequest, records, type StoredAnswer } from "./records.ts";

export interface Outcome extends StoredAnswer {
  /** Whether the effect was that of an earlier request. */
  readonly replayed: boolean;
}

/** Milliseconds that a request waits for the same one to end. Below what a statement may take. */
const patience = 2_000;

const lockNotAvailable = "55P03";

/**
 * Has requests with a key take effect once. Effect and answer are committed together, so that after whatever failure
 * the next request with the key finds both or neither.
 */
export class Idempotency {
  readonly #databases: Pick<Databases, "transaction" | "write">;
  readonly #metrics: IdempotencyMetrics;

  constructor(databases: Pick<Databases, "transaction" | "write">, metrics: IdempotencyMetrics) {
    this.#databases = databases;
    this.#metrics = metrics;
  }

  /**
   * @param effect makes the effect with what it is given; when it throws, nothing is kept
   * @throws Problem when the key belongs to another request, or to one that is still being carried out
   */
  async once(
    request: KeyedRequest | undefined,
    effect: (transaction: Transaction) => Promise<StoredAnswer>,
  ): Promise<Outcome> {
    if (request === undefined) return { ...(await this.#databases.write(effect)), replayed: false };
    const outcome = await this.#databases.transaction(async (transaction) => {
      const { home } = transaction;
      if (!(await this.#claim(home, request))) return this.#replay(home, request);
      const answer = await effect(transaction);
      await records.complete(home, request, answer);
      return { ...answer, replayed: false };
    });
    this.#metrics.requests.inc({ outcome: outcome.replayed ? "replayed" : "stored" });
    return outcome;
  }

  async #claim(transaction: Queryable, request: KeyedRequest): Promise<boolean> {
    try {
      return await records.claim(transaction, request, patience);
    } catch (cause) {
      if (errorCode(cause) !== lockNotAvailable) throw cause;
      this.#metrics.requests.inc({ outcome: "in_progress" });
      throw new Problem(
        "request-in-progress",
        `A request with this ${keyHeader} is being carried out; try again shortly.`,
        {
          headers: { "Retry-After": "2" },
          cause,
        },
      );
    }
  }

  async #replay(transaction: Queryable, request: KeyedRequest): Promise<Outcome> {
    const record = await records.find(transaction, request);
    if (!record.fingerprint.equals(request.fingerprint)) {
      this.#metrics.requests.inc({ outcome: "reused" });
      const errors = [{ pointer: keyHeader, detail: "was given to a request with another path or body" }];
      throw new Problem("idempotency-key-reused", `Give this request an ${keyHeader} of its own.`, { errors });
    }
    const { status, headers, body } = record;
    return { status, headers, body, replayed: true };
  }
}
