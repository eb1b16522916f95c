import type { StoredImage } from "../images/image.ts";
import type { Postgres, Queryable, Statement } from "../kit/stores/postgres.ts";
import type { Position } from "./cursor.ts";
import { type Listing, listStatement } from "./list-statement.ts";
import type { Profile, ProfileChanges, ProfileInput } from "./profile.ts";

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
    "DELETE FROM profiles WHERE id = $1 AND ($2::integer IS NULL OR version = $2) RETURNING version",
  ),
};

export interface ListedProfile {
  readonly profile: Profile;
  /** Where a listing goes on after it. */
  readonly position: Position;
}

/** Reads, which may be repeated after a broken connection. */
export class ProfileReader {
  readonly #db: Pick<Postgres, "read">;

  constructor(db: Pick<Postgres, "read">) {
    this.#db = db;
  }

  async find(id: string): Promise<Profile | undefined> {
    return first(await this.#db.read<Columns>(statements.find, [id]));
  }

  async currentVersion(id: string): Promise<number | undefined> {
    const [row] = await this.#db.read<{ version: number }>(statements.version, [id]);
    return row?.version;
  }

  /** Profiles in an order, after a position in it. */
  async list(listing: Listing): Promise<readonly ListedProfile[]> {
    const { values, ...statement } = listStatement(columns, listing);
    const rows = await this.#db.read<ListedColumns>(statement, values);
    return rows.map((row) => ({
      profile: toProfile(row),
      position: { key: row.sort_key, position: row.position },
    }));
  }
}

/** Writes, on their own or within a transaction. With a version they do nothing unless the profile is at it. */
export const profileWrites = {
  async insert(db: Queryable, id: string, { name, email, bio }: ProfileInput): Promise<Profile> {
    const inserted = first(await db.query<Columns>(statements.insert, [id, name, email, bio ?? null]));
    if (inserted === undefined) throw new Error("INSERT … RETURNING returned no row");
    return inserted;
  },

  /** The profile as it is, locked until the transaction ends. */
  async lock(db: Queryable, id: string): Promise<Profile | undefined> {
    return first(await db.query<Columns>(statements.lock, [id]));
  },

  async replace(
    db: Queryable,
    id: string,
    { name, email, bio }: ProfileInput,
    version?: number,
  ): Promise<Profile | undefined> {
    return first(await db.query<Columns>(statements.replace, [id, name, email, bio ?? null, version ?? null]));
  },

  async setImages(db: Queryable, id: string, images: readonly StoredImage[]): Promise<Profile | undefined> {
    return first(await db.query<Columns>(statements.setImages, [id, JSON.stringify(images)]));
  },

  /** @returns whether there was something to delete */
  async delete(db: Queryable, id: string, version?: number): Promise<boolean> {
    return (await db.query(statements.delete, [id, version ?? null])).length > 0;
  },
};

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
