import type { Found, Origin, ProfileCache } from "../cache/cache.ts";
import { errorCode } from "../kit/errors.ts";
import type { Postgres, Queryable } from "../kit/stores/postgres.ts";
import type { Listing } from "./list-statement.ts";
import type { Profile, ProfileInput } from "./profile.ts";
import { type ListedProfile, ProfileReader, profileWrites } from "./repository.ts";

/** A profile with this e-mail address exists. */
export class EmailTakenError extends Error {
  override readonly name = "EmailTakenError";
}

/** The profile is at another version than the caller requires. */
export class VersionMismatchError extends Error {
  override readonly name = "VersionMismatchError";
  readonly current: number;

  constructor(current: number) {
    super(`the profile is at version ${current}`);
    this.current = current;
  }
}

export interface Condition {
  /** The write happens only at this version. */
  readonly version?: number;
}

/** Profiles, through the cache. */
export class ProfileService {
  readonly #db: Postgres;
  readonly #cache: ProfileCache;
  readonly #reader: ProfileReader;
  readonly #lister: ProfileReader;
  readonly #origin: Origin;

  /** @param listings where listings are read: the primary itself, or what is as far as it */
  constructor(db: Postgres, cache: ProfileCache, listings: Pick<Postgres, "read"> = db) {
    this.#db = db;
    this.#cache = cache;
    this.#reader = new ProfileReader(db);
    this.#lister = new ProfileReader(listings);
    this.#origin = {
      load: (id) => this.#reader.find(id),
      currentVersion: (id) => this.#reader.currentVersion(id),
    };
  }

  /**
   * @param db the transaction to create it in, if it is to be created together with something else
   * @throws EmailTakenError
   */
  async create(id: string, input: ProfileInput, db: Queryable = this.#db): Promise<Profile> {
    // Nobody knows the id yet, so no cache can hold anything that this would make stale.
    return refusingTakenEmail(() => profileWrites.insert(db, id, input));
  }

  async read(id: string): Promise<Found | undefined> {
    return this.#cache.read(id, this.#origin);
  }

  async list(listing: Listing): Promise<readonly ListedProfile[]> {
    return this.#lister.list(listing);
  }

  /**
   * @returns undefined when there is no such profile
   * @throws EmailTakenError, VersionMismatchError
   */
  async replace(id: string, input: ProfileInput, condition: Condition = {}): Promise<Profile | undefined> {
    return this.#cache.write(id, async () => {
      const profile = await refusingTakenEmail(() => profileWrites.replace(this.#db, id, input, condition.version));
      if (profile !== undefined) return { result: profile, effect: { kind: "updated", profile } };
      await this.#refuseMismatch(id, condition);
      return { result: undefined, effect: { kind: "none" } };
    });
  }

  /**
   * @returns whether there was such a profile
   * @throws VersionMismatchError
   */
  async delete(id: string, condition: Condition = {}): Promise<boolean> {
    return this.#cache.write(id, async () => {
      const deleted = await profileWrites.delete(this.#db, id, condition.version);
      if (!deleted) await this.#refuseMismatch(id, condition);
      return { result: deleted, effect: { kind: deleted ? "deleted" : "none" } };
    });
  }

  /** After a write that found nothing: was it the profile that was missing, or the version? */
  async #refuseMismatch(id: string, { version }: Condition): Promise<void> {
    if (version === undefined) return;
    const current = await this.#reader.currentVersion(id);
    if (current !== undefined) throw new VersionMismatchError(current);
  }
}

const uniqueViolation = "23505";

export async function refusingTakenEmail<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (cause) {
    if (errorCode(cause) !== uniqueViolation) throw cause;
    throw new EmailTakenError("a profile with this e-mail address exists", { cause });
  }
}
