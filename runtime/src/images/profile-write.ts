import type { ProfileCache } from "../cache/cache.ts";
import type { WriteEffect } from "../cache/store.ts";
import type { Idempotency, Outcome } from "../idempotency/idempotency.ts";
import type { KeyedRequest, StoredAnswer } from "../idempotency/records.ts";
import type { Postgres, Queryable } from "../kit/stores/postgres.ts";

export interface ProfileWriteOptions {
  readonly db: Postgres;
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

  async once(request: KeyedRequest | undefined, effect: (db: Queryable) => Promise<StoredAnswer>): Promise<Outcome> {
    const { db, cache, idempotency } = this.#options;
    return cache.write(this.#profileId, async () => {
      const result =
        request === undefined
          ? { ...(await db.transaction(effect)), replayed: false }
          : await idempotency.once(request, effect);
      return { result, effect: this.#effect };
    });
  }
}
