import type { Queryable, Statement } from "../kit/stores/postgres.ts";
import type { Transaction } from "../shards/databases.ts";

const take: Statement = {
  name: "profile-email-take",
  text: "INSERT INTO profile_emails (email, profile_id) VALUES (lower($1), $2)",
};

const release: Statement = {
  name: "profile-email-release",
  text: "DELETE FROM profile_emails WHERE email = lower($1) AND profile_id = $2",
};

const findTaken: Statement = {
  name: "profile-email-find-taken",
  text: "SELECT 1 AS taken FROM profiles WHERE lower(email) = lower($1) AND id <> $2",
};

const findTakenAnywhere: Statement = {
  name: "profile-email-find-taken-anywhere",
  text: "SELECT 1 AS taken FROM profile_emails WHERE email = lower($1) AND profile_id <> $2",
};

/**
 * E-mail addresses, which one profile only may have. In one database an index sees to it. Of several, home has a row
 * for each address, which a trigger keeps for profiles that are at home; for the others it is written here, in the
 * transaction of the change.
 */
export const addresses = {
  /** @throws DatabaseError 23505 when another profile has it */
  async take(home: Queryable, profileId: string, email: string): Promise<void> {
    await home.query(take, [email, profileId]);
  },

  async release(home: Queryable, profileId: string, email: string): Promise<void> {
    await home.query(release, [email, profileId]);
  },

  async isTaken({ home, spread }: Transaction, email: string, exceptBy: string): Promise<boolean> {
    return (await home.query(spread ? findTakenAnywhere : findTaken, [email, exceptBy])).length > 0;
  },
};
