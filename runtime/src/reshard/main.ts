import { setTimeout as sleep } from "node:timers/promises";
import { reshardConnections } from "../connections.ts";
import { loadConfig } from "../kit/config.ts";
import { OperatorError } from "../kit/errors.ts";
import { createLogger } from "../kit/log.ts";
import { runMain } from "../kit/main.ts";
import { untilReady } from "../kit/retry.ts";
import { terminationSignal } from "../kit/shutdown.ts";
import { Postgres } from "../kit/stores/postgres.ts";
import { settingsOf } from "../shards/open.ts";
import { requireShared } from "../shards/require.ts";
import { ShardedDatabases } from "../shards/sharded.ts";
import { postgresSettings } from "../stores.ts";
import { reshardVariables } from "./config.ts";
import { reshard } from "./reshard.ts";

/** Milliseconds. A slot is a thousandth of all profiles, and writes to it wait for as long. */
const longestStatement = 30_000;

// Whoever waits for it must not take an interrupted run for a finished one.
await runMain("reshard", false, async () => {
  const config = loadConfig(reshardVariables, process.env);
  const log = createLogger("reshard", config.LOG_LEVEL);
  const signal = terminationSignal(log);
  const addresses = config.DB_SHARDS;
  if (addresses === undefined) throw new OperatorError("DB_SHARDS names no database to move profiles to.");
  const home = { ...postgresSettings(config, "reshard"), maximum: reshardConnections, longestStatement };
  const settings = [home, ...addresses.map((address) => settingsOf(home, address))];
  const shards = settings.map((each) => new Postgres(each, log));
  const databases = new ShardedDatabases({
    shards,
    connections: reshardConnections,
    now: () => performance.now(),
    sleep: (milliseconds) => sleep(milliseconds),
  });
  try {
    await untilReady(() => requireShared(shards), { name: "waiting for the databases", log, signal });
    await reshard({ databases, shards, log, signal });
  } finally {
    await Promise.all(shards.map((shard) => shard.close()));
  }
});
process.exit();
