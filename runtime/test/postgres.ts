import { execFileSync } from "node:child_process";
import { chownSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { freePort, type Instance, isRunning, lastWords, startInstance, unprivileged, until } from "./instance.ts";

const versions = ["17", "16", "15"];

export function makeDirectory(parent: string, name: string): string {
  const directory = join(parent, name);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  if (unprivileged.uid !== undefined) chownSync(directory, unprivileged.uid, unprivileged.gid);
  return directory;
}

export function postgresBinaries(): string | undefined {
  return versions
    .map((version) => `/usr/lib/postgresql/${version}/bin`)
    .find((path) => existsSync(join(path, "initdb")));
}

/**
 * A database cluster of its own on a free loopback port, as durable as a real one.
 *
 * @param started takes what was started, before it is known to have succeeded
 * @param parameters of the server, such as `max_connections=10`
 */
export async function createPostgres(
  parent: string,
  name: string,
  started: Instance[],
  parameters: readonly string[] = [],
): Promise<Instance> {
  const binaries = requireBinaries();
  const directory = makeDirectory(parent, name);
  const data = join(directory, "data");
  // As the operator has it: what letters are, and which belong together, must not depend on who runs the tests.
  execFileSync(
    join(binaries, "initdb"),
    ["-D", data, "-U", "postgres", "-A", "trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"],
    {
      stdio: "ignore",
      cwd: directory,
      ...unprivileged,
    },
  );
  return startServer(directory, started, parameters);
}

/** A standby that streams from a running cluster, which does not wait for it. */
export async function createReplica(
  parent: string,
  name: string,
  primary: Instance,
  started: Instance[],
  parameters: readonly string[] = [],
): Promise<Instance> {
  const directory = makeDirectory(parent, name);
  const source = ["-h", "127.0.0.1", "-p", String(primary.port), "-U", "postgres"];
  execFileSync(
    join(requireBinaries(), "pg_basebackup"),
    ["-D", join(directory, "data"), ...source, "--write-recovery-conf", "--checkpoint=fast", "--no-sync"],
    { stdio: "ignore", cwd: directory, ...unprivileged },
  );
  return startServer(directory, started, parameters);
}

async function startServer(directory: string, started: Instance[], parameters: readonly string[]): Promise<Instance> {
  const port = await freePort();
  const settings = ["listen_addresses=127.0.0.1", ...parameters].flatMap((parameter) => ["-c", parameter]);
  const instance: Instance = {
    name: "PostgreSQL",
    directory,
    command: join(requireBinaries(), "postgres"),
    args: ["-D", join(directory, "data"), "-p", String(port), "-k", directory, ...settings],
    environment: {},
    port,
  };
  started.push(instance);
  await startPostgres(instance);
  return instance;
}

function requireBinaries(): string {
  const binaries = postgresBinaries();
  if (binaries === undefined) throw new Error("PostgreSQL is not installed");
  return binaries;
}

export async function startPostgres(instance: Instance): Promise<void> {
  startInstance(instance);
  try {
    await until("PostgreSQL", async () => {
      // Its processes outlive a killed one for a moment, and the next one refuses to start beside them.
      if (!isRunning(instance)) {
        await sleep(200);
        startInstance(instance);
      }
      await runSql(instance.port, "postgres", "SELECT 1");
      return true;
    });
  } catch (cause) {
    throw new Error(`PostgreSQL did not start:\n${lastWords(instance)}`, { cause });
  }
}

/** One statement on a connection of its own. */
export async function runSql(port: number, database: string, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({ host: "127.0.0.1", port, user: "postgres", database });
  client.on("error", () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(sql);
    return rows;
  } finally {
    await client.end();
  }
}

export interface ProfileLock {
  /** Resolves once that many statements of that program wait for a lock. */
  waitedForBy(applicationName: string, statements?: number): Promise<void>;
  release(): Promise<void>;
}

/** Keeps everybody else from changing a profile, so that a test can act in the middle of a change. */
export async function lockProfile(port: number, database: string, id: string): Promise<ProfileLock> {
  const client = new Client({ host: "127.0.0.1", port, user: "postgres", database });
  await client.connect();
  await client.query("BEGIN");
  await client.query("SELECT 1 FROM profiles WHERE id = $1 FOR UPDATE", [id]);
  return {
    async waitedForBy(applicationName, statements = 1) {
      const condition = `application_name = '${applicationName}' AND datname = current_database()`;
      const sql = `SELECT 1 FROM pg_stat_activity WHERE ${condition} AND wait_event_type = 'Lock'`;
      await until(
        `${applicationName} to wait for the profile`,
        async () => (await runSql(port, database, sql)).length >= statements,
      );
    },
    async release() {
      await client.query("ROLLBACK");
      await client.end();
    },
  };
}
