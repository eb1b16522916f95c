import { Kysely, PostgresDialect } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import { Pool } from "pg";
import { migrationConnections } from "../connections.ts";
import { OperatorError } from "../kit/errors.ts";
import type { Logger } from "../kit/log.ts";
import { clientSettings, type PostgresSettings } from "../kit/stores/postgres.ts";

/** Milliseconds. A migration may rewrite a table, so it is given longer than a request's statement. */
export const longestStatement = 600_000;

/**
 * Applies what is missing, in one transaction, under an advisory lock: of two runs at once, the second waits and finds
 * nothing to do.
 *
 * @returns the names applied, oldest first; none when the schema was up to date
 * @throws OperatorError naming the migration that failed; nothing is changed then
 */
export async function migrate(
  settings: Omit<PostgresSettings, "maximum">,
  migrations: Readonly<Record<string, Migration>>,
  log: Logger,
): Promise<readonly string[]> {
  const pool = new Pool({
    ...clientSettings(settings),
    statement_timeout: longestStatement,
    query_timeout: longestStatement,
    idle_in_transaction_session_timeout: longestStatement,
    max: migrationConnections,
  });
  pool.on("error", (err) => log.warn({ err }, "the PostgreSQL connection broke"));
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  try {
    const migrator = new Migrator({ db, provider: { getMigrations: async () => ({ ...migrations }) } });
    const { error, results = [] } = await migrator.migrateToLatest();
    if (error !== undefined) {
      const failed = results.find(({ status }) => status === "Error")?.migrationName;
      const what = failed === undefined ? "The migrations could not be started" : `Migration ${failed} failed`;
      throw new OperatorError(`${what}; nothing was changed.`, { cause: error });
    }
    return results.map(({ migrationName }) => migrationName);
  } finally {
    await db.destroy();
  }
}
