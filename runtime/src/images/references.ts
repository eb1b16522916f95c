import type { Queryable, Statement } from "../kit/stores/postgres.ts";

const insert: Statement = {
  name: "profile-images-insert",
  text: "INSERT INTO profile_images (profile_id, hash) VALUES ($1, $2)",
};

const remove: Statement = {
  name: "profile-images-delete",
  text: "DELETE FROM profile_images WHERE profile_id = $1 AND hash = $2 RETURNING hash",
};

const removeAll: Statement = {
  name: "profile-images-delete-all",
  text: "DELETE FROM profile_images WHERE profile_id = $1",
};

/** Which image is had by which profiles. The caller holds the lock of the profile, whose own row says it as well. */
export const references = {
  async insert(transaction: Queryable, profileId: string, hash: Buffer): Promise<void> {
    await transaction.query(insert, [profileId, hash]);
  },

  /** Those of a profile that is in another database; at home, the database does it. */
  async deleteAll(transaction: Queryable, profileId: string): Promise<void> {
    await transaction.query(removeAll, [profileId]);
  },

  /** @returns whether the profile had it */
  async delete(transaction: Queryable, profileId: string, hash: Buffer): Promise<boolean> {
    return (await transaction.query(remove, [profileId, hash])).length > 0;
  },
};
