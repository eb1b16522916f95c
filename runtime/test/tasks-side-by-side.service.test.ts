import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Client, createClient } from "./client.ts";
import { ownServices } from "./own-services.ts";
import { runSql } from "./postgres.ts";
import { createSettings, endServices, migrateDatabase, type Settings, startService } from "./service.ts";

const count = 64;

let client: Client;
let settings: Settings;

const sql = (statement: string) => runSql(ownServices().postgres.port, settings["DB_NAME"] ?? "", statement);

beforeAll(async () => {
  settings = await createSettings();
  // Each flush of the log takes its time, as on a slow disk, and is shared by all that commit meanwhile.
  const name = settings["DB_NAME"];
  await sql(`ALTER DATABASE ${name} SET commit_delay = 20000`);
  await sql(`ALTER DATABASE ${name} SET commit_siblings = 0`);
  await migrateDatabase(settings);
  const server = startService("server", settings);
  await Promise.all([server, startService("worker", settings)].map((service) => service.ready()));
  client = createClient(await server.url());
});
afterAll(endServices);

/**
 * How many connections were busy, and how many of these waited for a lock that is not of a row, as the one that
 * transactions which notify commit under, each time that somebody looked.
 */
interface Look {
  readonly busy: number;
  readonly locked: number;
}

const look = `SELECT count(*)::int AS busy,
    count(*) FILTER (WHERE wait_event_type = 'Lock' AND wait_event = 'object')::int AS locked
  FROM pg_stat_activity
  WHERE datname = current_database() AND state = 'active' AND pid <> pg_backend_pid() AND backend_type = 'client backend'`;

async function lookUntil(signal: AbortSignal): Promise<readonly Look[]> {
  const looks: Look[] = [];
  while (!signal.aborted) {
    const [row] = await sql(look);
    looks.push(row as unknown as Look);
    await sleep(5);
  }
  return looks;
}

test("tasks that are accepted at once, and end at once, do not wait for each other", async () => {
  const ids = Promise.all(Array.from({ length: count }, () => client.delay("echo", {})));
  const ended = ids.then((tasks) => Promise.all(tasks.map(({ id }) => client.ended(id))));
  const over = new AbortController();
  const looking = lookUntil(over.signal);
  await ended.finally(() => over.abort());
  const looks = await looking;
  expect((await ended).map(({ status }) => status)).toEqual(Array.from({ length: count }, () => "succeeded"));
  // Else nobody has looked at the right moment.
  expect(Math.max(...looks.map(({ busy }) => busy))).toBeGreaterThan(4);
  expect(looks.filter(({ locked }) => locked > 0)).toEqual([]);
});
