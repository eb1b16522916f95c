import { Client, type ClientConfig } from "pg";
import { hedge } from "../hedge.ts";
import { type Queryable, queryOn } from "./postgres.ts";

/** Milliseconds for each step of a probe. */
const patience = 1_000;

/** Connections that one probe makes at most. */
export const probeConnections = 3;

/**
 * A packet that opens a connection may be lost, as where a network policy does not know the address of a new pod yet.
 * The kernel repeats it only after a second; so another connection is tried beside it.
 */
const connections = { times: probeConnections, after: 300 };

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

type Probe = (connection: Queryable) => Promise<void>;

/** Runs a probe on a connection that is made for it; on several beside one another, while none of them answers. */
export async function onProbeConnection(settings: ClientConfig, probe: Probe): Promise<void> {
  await hedge(() => probeOnce(settings, probe), connections);
}

/** A new connection each time: after a failover an older one may lead to where nobody answers any more. */
async function probeOnce(settings: ClientConfig, probe: Probe): Promise<void> {
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
