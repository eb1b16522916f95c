import type { StoredImage } from "../images/image.ts";
import { references } from "../images/references.ts";
import type { Statement } from "../kit/stores/postgres.ts";
import type { Databases, Transaction } from "../shards/databases.ts";
import { addresses } from "./addresses.ts";
import type { Position } from "./cursor.ts";
import { type Listing, listStatement } from "./list-statement.ts";
import type { Profile, ProfileChanges, ProfileInput } from "./profile.ts";
import { compareNumbers, isDescending, type Sort, sortKey } from "./sort.ts";

interface Columns {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly bio: string | null;
  readonly images: readonly StoredImage[];
  readonly version: number;
  readonly created_at: Date;
  readonly updated_at: Date;
}

interface ListedColumns extends Columns {
  readonly position: string;
  readonly sort_key: string;
}

const columns = "id, name, email, bio, images, version, created_at, updated_at";

function statement(name: string, text: string): Statement {
  return { name: `profile-${name}`, text };
}

const statements = {
  insert: statement(
    "insert",
    `INSERT INTO profiles (id, name, email, bio) VALUES ($1, $2, $3, $4) RETURNING ${columns}`,
  ),
  find: statement("find", `SELECT ${columns} FROM profiles WHERE id = $1`),
  version: statement("version", "SELECT version FROM profiles WHERE id = $1"),
  lock: statement("lock", `SELECT ${columns} FROM profiles WHERE id = $1 FOR UPDATE`),
  replace: statement(
    "replace",
    `UPDATE profiles SET name = $2, email = $3, bio = $4, version = version + 1, updated_at = now()
     WHERE id = $1 AND ($5::integer IS NULL OR version = $5) RETURNING ${columns}`,
  ),
  setImages: statement(
    "set-images",
    `UPDATE profiles SET images = $2, version = version + 1, updated_at = now() WHERE id = $1 RETURNING ${columns}`,
  ),
  delete: statement(
    "delete",
    "DELETE FROM profiles WHERE id = $1 AND ($2::integer IS NULL OR version = $2) RETURNING email",
  ),
};

export interface ListedProfile {
  readonly profile: Profile;
  /** Where a listing goes on after it. */
  readonly position: Position;
}

/** Reads, which may be repeated after a broken connection. */
export class ProfileReader {
  readonly #databases: Pick<Databases, "readAt" | "readAll">;

  constructor(databases: Pick<Databases, "readAt" | "readAll">) {
    this.#databases = databases;
  }

  async find(id: string): Promise<Profile | undefined> {
    return first(await this.#databases.readAt<Columns>(id, statements.find, [id]));
  }

  async currentVersion(id: string): Promise<number | undefined> {
    const [row] = await this.#databases.readAt<{ version: number }>(id, statements.version, [id]);
    return row?.version;
  }

  /** Profiles in an order, after a position in it. */
  async list(listing: Listing): Promise<readonly ListedProfile[]> {
    const { values, ...statement } = listStatement(columns, listing);
    const rows = await this.#databases.readAll(statement, values, comparison(listing.sort));
    return rows.slice(0, listing.limit).map((row) => ({
      profile: toProfile(row),
      position: { key: row.sort_key, position: row.position },
    }));
  }
}

function comparison(sort: Sort): (one: ListedColumns, other: ListedColumns) => number {
  const key = sortKey(sort);
  const direction = isDescending(sort) ? -1 : 1;
  return (one, other) =>
    direction * (key.compare(one.sort_key, other.sort_key) || compareNumbers(one.position, other.position));
}

/** Writes, on their own or within a transaction. With a version they do nothing unless the profile is at it. */
export const profileWrites = {
  async insert(transaction: Transaction, id: string, { name, email, bio }: ProfileInput): Promise<Profile> {
    if (transaction.isAway(id)) await addresses.take(transaction.home, id, email);
    const inserted = first(await transaction.at(id).query<Columns>(statements.insert, [id, name, email, bio ?? null]));
    if (inserted === undefined) throw new Error("INSERT … RETURNING returned no row");
    return inserted;
  },

  /** The profile as it is, locked until the transaction ends. */
  async lock(transaction: Transaction, id: string): Promise<Profile | undefined> {
    return first(await transaction.at(id).query<Columns>(statements.lock, [id]));
  },

  async replace(
    transaction: Transaction,
    id: string,
    input: ProfileInput,
    version?: number,
  ): Promise<Profile | undefined> {
    const { name, email, bio } = input;
    if (transaction.isAway(id) && !(await changeAddress(transaction, id, email, version))) return undefined;
    const values = [id, name, email, bio ?? null, version ?? null];
    return first(await transaction.at(id).query<Columns>(statements.replace, values));
  },

  async setImages(transaction: Transaction, id: string, images: readonly StoredImage[]): Promise<Profile | undefined> {
    return first(await transaction.at(id).query<Columns>(statements.setImages, [id, JSON.stringify(images)]));
  },

  /** @returns whether there was something to delete */
  async delete(transaction: Transaction, id: string, version?: number): Promise<boolean> {
    const values = [id, version ?? null];
    const [deleted] = await transaction.at(id).query<Pick<Columns, "email">>(statements.delete, values);
    if (deleted === undefined) return false;
    if (!transaction.isAway(id)) return true;
    await addresses.release(transaction.home, id, deleted.email);
    await references.deleteAll(transaction.home, id);
    return true;
  },
};

/** @returns false when the profile is not there, or at another version */
async function changeAddress(
  transaction: Transaction,
  id: string,
  email: string,
  version: number | undefined,
): Promise<boolean> {
  // As long as it is locked, nobody can have it give its address away.
  const before = await profileWrites.lock(transaction, id);
  if (before === undefined || (version !== undefined && before.version !== version)) return false;
  if (before.email.toLowerCase() === email.toLowerCase()) return true;
  await addresses.release(transaction.home, id, before.email);
  await addresses.take(transaction.home, id, email);
  return true;
}

/** What a profile holds after some of its fields changed. */
export function changed(profile: Profile, changes: ProfileChanges): ProfileInput {
  const bio = changes.bio === undefined ? profile.bio : (changes.bio ?? undefined);
  return {
    name: changes.name ?? profile.name,
    email: changes.email ?? profile.email,
    ...(bio === undefined ? {} : { bio }),
  };
}

function first(rows: readonly Columns[]): Profile | undefined {
  const [row] = rows;
  return row === undefined ? undefined : toProfile(row);
}

function toProfile({ id, name, email, bio, images, version, created_at, updated_at }: Columns): Profile {
  return {
    id,
    name,
    email,
    ...(bio === null ? {} : { bio }),
    images,
    version,
    createdAt: created_at.toISOString(),
    updatedAt: updated_at.toISOString(),
  };
}
