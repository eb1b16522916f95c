import type { Found, Origin, ProfileCache } from "../cache/cache.ts";
import { errorCode } from "../kit/errors.ts";
import type { Databases, Transaction } from "../shards/databases.ts";
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
  readonly #databases: Databases;
  readonly #cache: ProfileCache;
  readonly #reader: ProfileReader;
  readonly #origin: Origin;

  constructor(databases: Databases, cache: ProfileCache) {
    this.#databases = databases;
    this.#cache = cache;
    this.#reader = new ProfileReader(databases);
    this.#origin = {
      load: (id) => this.#reader.find(id),
      currentVersion: (id) => this.#reader.currentVersion(id),
    };
  }

  /** @throws EmailTakenError */
  async create(id: string, input: ProfileInput, transaction: Transaction): Promise<Profile> {
    // Nobody knows the id yet, so no cache can hold anything that this would make stale.
    return refusingTakenEmail(() => profileWrites.insert(transaction, id, input));
  }

  async read(id: string): Promise<Found | undefined> {
    return this.#cache.read(id, this.#origin);
  }

  async list(listing: Listing): Promise<readonly ListedProfile[]> {
    return this.#reader.list(listing);
  }

  /**
   * @returns undefined when there is no such profile
   * @throws EmailTakenError, VersionMismatchError
   */
  async replace(id: string, input: ProfileInput, condition: Condition = {}): Promise<Profile | undefined> {
    return this.#cache.write(id, async () => {
      const profile = await this.#databases.write((transaction) =>
        refusingTakenEmail(() => profileWrites.replace(transaction, id, input, condition.version)),
      );
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
      const deleted = await this.#databases.write((transaction) =>
        profileWrites.delete(transaction, id, condition.version),
      );
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
