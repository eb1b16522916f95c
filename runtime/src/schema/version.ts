import { errorCode, OperatorError } from "../kit/errors.ts";
import { FatalStepError } from "../kit/retry.ts";
import type { Queryable } from "../kit/stores/postgres.ts";
import { migrations } from "./migrations.ts";

export interface SchemaComparison {
  /** Known here, not applied there. */
  readonly pending: readonly string[];
  /** Applied there, not known here: the database belongs to a newer release. */
  readonly unknown: readonly string[];
}

const undefinedTable = "42P01";

export function compareSchema(applied: readonly string[], known: readonly string[]): SchemaComparison {
  return {
    pending: known.filter((name) => !applied.includes(name)),
    unknown: applied.filter((name) => !known.includes(name)),
  };
}

export async function readSchema(
  db: Queryable,
  known: readonly string[] = Object.keys(migrations),
): Promise<SchemaComparison> {
  return compareSchema(await appliedMigrations(db), known);
}

async function appliedMigrations(db: Queryable): Promise<readonly string[]> {
  try {
    const rows = await db.query<{ name: string }>(
      { name: "schema-applied", text: "SELECT name FROM kysely_migration ORDER BY name" },
      [],
    );
    return rows.map(({ name }) => name);
  } catch (err) {
    if (errorCode(err) === undefinedTable) return [];
    throw err;
  }
}

export function newerSchemaError(unknown: readonly string[]): OperatorError {
  return new OperatorError(
    `The database has migrations that this version does not know (${unknown.join(", ")}): a newer version has ` +
      "migrated it. Run that version or a later one, or restore a backup from before the upgrade.",
  );
}

/**
 * Start-up step of a service: passes once the schema is the one that it was written for.
 *
 * @throws FatalStepError when the schema is newer; an Error naming what is missing when it is older
 */
export async function requireSchema(db: Queryable): Promise<void> {
  const { pending, unknown } = await readSchema(db);
  if (unknown.length > 0) throw new FatalStepError(newerSchemaError(unknown));
  if (pending.length > 0) throw new Error(`the database waits for migrations: ${pending.join(", ")}`);
}
