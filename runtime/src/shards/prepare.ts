import { OperatorError } from "../kit/errors.ts";
import type { Logger } from "../kit/log.ts";
import type { Postgres, Queryable, Statement } from "../kit/stores/postgres.ts";
import { homeShard } from "./transaction.ts";

/**
 * Positions of profiles are unique over all databases, so that they stay what they are when profiles are moved: each
 * database counts from this times its number.
 */
const positionsEach = 1_000_000_000_000_000;

const readNumber: Statement = { text: "SELECT number FROM shard" };
const readLimit: Statement = { text: "SELECT setting::integer AS limit FROM pg_settings WHERE name = $1" };
const countProfiles: Statement = { text: "SELECT 1 AS found FROM profiles LIMIT 1" };

// What moves profiles is no change of them.
const unlessMoving = `WHEN (current_setting('profile_platform.moving', true) IS DISTINCT FROM 'on')`;

const everywhere = [
  `CREATE TRIGGER profiles_slot BEFORE INSERT ON profiles
   FOR EACH ROW ${unlessMoving} EXECUTE FUNCTION require_slot()`,
];

// Of profiles that are at home, triggers keep what services keep of those that are not: programs that know nothing of
// other databases, which may still run, write there as ever.
const atHome = [
  "LOCK TABLE profiles, profile_images IN EXCLUSIVE MODE",
  "INSERT INTO profile_emails (email, profile_id) SELECT lower(email), id FROM profiles",
  `CREATE TRIGGER profiles_email AFTER INSERT OR DELETE OR UPDATE OF email ON profiles
   FOR EACH ROW ${unlessMoving} EXECUTE FUNCTION note_profile_email()`,
  `CREATE TRIGGER profiles_images AFTER DELETE ON profiles
   FOR EACH ROW ${unlessMoving} EXECUTE FUNCTION forget_profile_images()`,
  "ALTER TABLE profile_images DROP CONSTRAINT profile_images_profile_id_fkey",
  "INSERT INTO shard (number, slots) VALUES (0, '{[0,1024)}')",
];

function elsewhere(number: number): readonly string[] {
  return [
    `ALTER TABLE profiles ALTER COLUMN position RESTART WITH ${number * positionsEach + 1}`,
    `INSERT INTO shard (number, slots) VALUES (${number}, '{}')`,
  ];
}

/**
 * Makes databases with the current schema ready to share profiles out. The first one has them all then; a database that
 * is ready is left as it is.
 *
 * @param shards home first; of each, statements may take minutes
 * @throws OperatorError when one of them cannot be what it is to be
 */
export async function prepareShards(shards: readonly Postgres[], log: Logger): Promise<void> {
  for (const [number, shard] of shards.entries()) {
    await requirePreparedTransactions(shard, number);
    const prepared = await shard.transaction((transaction) => prepareShard(transaction, number));
    log.info({ database: number, prepared }, prepared ? "the database is ready to have profiles" : "it is ready");
  }
}

/** @returns whether there was something to do */
async function prepareShard(transaction: Queryable, number: number): Promise<boolean> {
  await transaction.query({ text: "LOCK TABLE shard IN EXCLUSIVE MODE" }, []);
  const [row] = await transaction.query<{ number: number }>(readNumber, []);
  if (row !== undefined) {
    if (row.number !== number) throw misplaced(number, row.number);
    return false;
  }
  if (number !== homeShard && (await transaction.query(countProfiles, [])).length > 0) {
    throw new OperatorError(
      `Database ${number} of DB_SHARDS has profiles that nobody shared out. Name a new database with the same owner.`,
    );
  }
  const steps = [...(number === homeShard ? atHome : elsewhere(number)), ...everywhere];
  for (const text of steps) await transaction.query({ text }, []);
  return true;
}

async function requirePreparedTransactions(shard: Postgres, number: number): Promise<void> {
  const name = "max_prepared_transactions";
  const [row] = await shard.query<{ limit: number }>(readLimit, [name]);
  if ((row?.limit ?? 0) > 0) return;
  throw new OperatorError(
    `Database ${number} has ${name} = 0. Set it to what max_connections is, and restart PostgreSQL.`,
  );
}

export function misplaced(expected: number, found: number): OperatorError {
  return new OperatorError(
    `Where database ${expected} is expected, there is database ${found}. DB_SHARDS names databases 1, 2 and so on in ` +
      "their order, which never changes; DB_HOST names database 0.",
  );
}
