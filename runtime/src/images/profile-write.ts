import type { ProfileCache } from "../cache/cache.ts";
import type { WriteEffect } from "../cache/store.ts";
import type { Idempotency, Outcome } from "../idempotency/idempotency.ts";
import type { KeyedRequest, StoredAnswer } from "../idempotency/records.ts";
import type { Databases, Transaction } from "../shards/databases.ts";

export interface ProfileWriteOptions {
  readonly databases: Pick<Databases, "transaction">;
  readonly cache: Pick<ProfileCache, "write">;
  readonly idempotency: Pick<Idempotency, "once">;
}

/**
 * One write of one profile: carried out once, in one transaction whether the request has a key or not, and answered
 * only when no replica can read what was there before.
 */
export class ProfileWrite implements Pick<Idempotency, "once"> {
  readonly #options: ProfileWriteOptions;
  readonly #profileId: string;
  #effect: WriteEffect = { kind: "none" };

  constructor(options: ProfileWriteOptions, profileId: string) {
    this.#options = options;
    this.#profileId = profileId;
  }

  /** What the write did, "none" before and without it. */
  get effect(): WriteEffect {
    return this.#effect;
  }

  /** To be called within the transaction. */
  note(effect: WriteEffect): void {
    this.#effect = effect;
  }

  async once(
    request: KeyedRequest | undefined,
    effect: (transaction: Transaction) => Promise<StoredAnswer>,
  ): Promise<Outcome> {
    const { databases, cache, idempotency } = this.#options;
    const begin = (transaction: Transaction): Promise<StoredAnswer> => {
      // What an earlier try noted was undone with it.
      this.#effect = { kind: "none" };
      return effect(transaction);
    };
    return cache.write(this.#profileId, async () => {
      const result =
        request === undefined
          ? { ...(await databases.transaction(begin)), replayed: false }
          : await idempotency.once(request, begin);
      return { result, effect: this.#effect };
    });
  }
}
