import { setTimeout as delay } from "node:timers/promises";
import { Client } from "pg";
import { monotonicMs } from "../../e2e/support/monotonic-clock.ts";
import type { WriterLine, WriterSettings } from "./protocol.ts";

/** All writers together write about a hundred rows a second, which tells a gap to some ten milliseconds. */
const PAUSE_MS = 100;
const CONNECT_TIMEOUT_MS = 2000;
/** Doubled with each failure in a row: a server that has just begun has more to do than to refuse connections. */
const FIRST_RECONNECT_PAUSE_MS = 50;
const LAST_RECONNECT_PAUSE_MS = 400;

/** The first eight digits of a file of the write-ahead log are its timeline. */
const WRITE = {
  name: "write",
  text: `INSERT INTO chaos.writes (writer, number) VALUES ($1, $2)
    RETURNING host(inet_server_addr()) AS server,
      ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::integer AS timeline`,
};

/**
 * Writes one row after the other until it is told to stop, and tells of each that was acknowledged. What was not
 * answered is never sent again: it may have been written, and nobody was promised that it was.
 */
export async function write(
  settings: WriterSettings,
  { writer, patienceMs }: WriterSettings["writers"][number],
  tell: (line: WriterLine) => void,
  stop: AbortSignal,
): Promise<void> {
  let number = 0;
  let pause = FIRST_RECONNECT_PAUSE_MS;
  while (!stop.aborted) {
    const client = new Client({
      host: settings.host,
      port: settings.port,
      user: settings.user,
      password: settings.password,
      database: settings.database,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: patienceMs,
      application_name: `chaos-writer-${writer}`,
    });
    // A connection that breaks between two writes shows in the next one.
    client.on("error", () => undefined);
    try {
      await client.connect();
      while (!stop.aborted) {
        number += 1;
        const sentAt = monotonicMs();
        const { rows } = await client.query<{ server: string; timeline: number }>({
          ...WRITE,
          values: [writer, number],
        });
        const at = monotonicMs();
        pause = FIRST_RECONNECT_PAUSE_MS;
        const [row] = rows;
        if (row !== undefined) tell({ acknowledged: { writer, number, sentAt, at, ...row } });
        await delay(PAUSE_MS);
      }
    } catch (error) {
      tell({ failed: error instanceof Error ? error.message : String(error), writer, at: monotonicMs() });
      await delay(pause);
      pause = Math.min(2 * pause, LAST_RECONNECT_PAUSE_MS);
    } finally {
      client.end().catch(() => undefined);
    }
  }
}
