import { migrationConnections } from "../connections.ts";
import { loadConfig } from "../kit/config.ts";
import { createLogger, type Logger } from "../kit/log.ts";
import { runMain } from "../kit/main.ts";
import { FatalStepError, untilReady } from "../kit/retry.ts";
import { terminationSignal } from "../kit/shutdown.ts";
import { Postgres, type PostgresSettings } from "../kit/stores/postgres.ts";
import { migrations } from "../schema/migrations.ts";
import { newerSchemaError, readSchema } from "../schema/version.ts";
import { settingsOf } from "../shards/open.ts";
import { prepareShards } from "../shards/prepare.ts";
import { postgresSettings } from "../stores.ts";
import { migrateVariables } from "./config.ts";
import { longestStatement, migrate } from "./migrate.ts";

type Settings = Omit<PostgresSettings, "maximum">;

// Whoever waits for the migrations must not take an interrupted run for a finished one.
await runMain("migrate", false, async () => {
  const config = loadConfig(migrateVariables, process.env);
  const log = createLogger("migrate", config.LOG_LEVEL);
  const signal = terminationSignal(log);
  const home = postgresSettings(config, "migrate");
  await migrateOne(home, log, signal);
  if (config.DB_SHARDS === undefined) return;
  const away = config.DB_SHARDS.map((address) => settingsOf(home, address));
  for (const [index, settings] of away.entries()) {
    await migrateOne(settings, log.child({ database: index + 1 }), signal);
  }
  const pools = [home, ...away].map(
    (settings) => new Postgres({ ...settings, maximum: migrationConnections, longestStatement }, log),
  );
  try {
    await prepareShards(pools, log);
  } finally {
    await Promise.all(pools.map((pool) => pool.close()));
  }
});
process.exit();

async function migrateOne(settings: Settings, log: Logger, signal: AbortSignal): Promise<void> {
  const db = new Postgres({ ...settings, maximum: migrationConnections }, log);
  try {
    const schema = await untilReady(
      async () => {
        const comparison = await readSchema(db);
        if (comparison.unknown.length > 0) throw new FatalStepError(newerSchemaError(comparison.unknown));
        return comparison;
      },
      { name: "reading the schema's version", log, signal },
    );
    log.info({ pending: schema.pending }, `${schema.pending.length} migrations to apply`);
  } finally {
    await db.close();
  }
  const applied = await migrate(settings, migrations, log);
  log.info({ applied }, applied.length === 0 ? "the schema is up to date" : `applied ${applied.join(", ")}`);
}
