import { Client, type ClientConfig } from "pg";
import { type Queryable, queryOn } from "./postgres.ts";

/** Milliseconds for each step of a probe. */
const patience = 1_000;

const standbyCheck = { name: "health-check", text: "SELECT pg_is_in_recovery() AS standby" };

/** Only a primary will do: a replica answers queries too, and refuses every write. */
export async function requirePrimary(db: Pick<Queryable, "query">): Promise<void> {
  const [row] = await db.query<{ standby: boolean }>(standbyCheck, []);
  if (row?.standby !== false) throw new Error("PostgreSQL is a standby and accepts no writes");
}

/** Rejects while there is no primary that answers. */
export async function probePostgres(settings: ClientConfig): Promise<void> {
  return onProbeConnection(settings, requirePrimary);
}

/**
 * Runs a probe on a connection of its own, and a new one each time: after a failover an older one may lead to where
 * nobody answers any more.
 */
export async function onProbeConnection(
  settings: ClientConfig,
  probe: (connection: Queryable) => Promise<void>,
): Promise<void> {
  const client = new Client({ ...settings, connectionTimeoutMillis: patience, query_timeout: patience });
  // Whatever breaks it also rejects what is waited for; unheard, it would end the process.
  client.on("error", () => undefined);
  try {
    await client.connect();
    await probe(queryOn(client));
  } finally {
    // A connection on which nobody answers would not end in time either.
    client.end().catch(() => undefined);
  }
}
