import { chownSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { postgresBinaries } from "@profile-platform/runtime/test/postgres";
import type { User } from "../launch.ts";
import { runAs } from "../run-as.ts";
import type { DataService } from "./data-service.ts";
import { databaseSetup, INITDB_OPTIONS } from "./postgresql-setup.ts";

export interface PostgresqlOptions {
  readonly folder: string;
  readonly port: number;
  readonly password: string;
  readonly user: User | undefined;
  readonly signal: AbortSignal;
}

/** PostgreSQL on a loopback port, with the data of its folder, or with a new database there. */
export async function preparePostgresql(options: PostgresqlOptions): Promise<DataService> {
  const { folder, port, user } = options;
  const data = join(folder, "data");
  const binaries = binariesFor(data);
  if (!existsSync(data)) await initialize(data, binaries, options);
  removeStaleLock(data);
  const settings = [
    "listen_addresses=127.0.0.1",
    // No socket: nothing of it is left behind, and no path is too long for one.
    "unix_socket_directories=",
    "log_checkpoints=off",
  ];
  return {
    program: {
      name: "postgresql",
      program: join(binaries, "postgres"),
      args: ["-D", data, "-p", String(port), ...settings.flatMap((setting) => ["-c", setting])],
      cwd: folder,
      env: {},
      user,
      // "Fast": sessions are ended and nothing is lost. It would wait for them upon SIGTERM.
      stopSignal: "SIGINT",
      stopWithin: 15_000,
    },
    isReady: async () => {
      await runAs(join(binaries, "pg_isready"), ["-q", "-h", "127.0.0.1", "-p", String(port)]);
      return true;
    },
    readyWithin: 60_000,
  };
}

/** Programs of the version that made the data. */
function binariesFor(data: string): string {
  const installed = postgresBinaries();
  if (installed === undefined) throw new Error("PostgreSQL is not installed");
  const versionFile = join(data, "PG_VERSION");
  if (!existsSync(versionFile)) return installed;
  const version = readFileSync(versionFile, "utf8").trim();
  const own = `/usr/lib/postgresql/${version}/bin`;
  if (existsSync(join(own, "postgres"))) return own;
  throw new Error(
    `${data} was made by PostgreSQL ${version}, which is not installed: install postgresql-${version}, or remove the ` +
      "data with make dev-clean",
  );
}

async function initialize(
  data: string,
  binaries: string,
  { folder, password, user, signal }: PostgresqlOptions,
): Promise<void> {
  // Put in place when it is complete: an interrupted run leaves nothing that the next one takes for a database.
  const unfinished = `${data}.new`;
  const passwordFile = join(folder, "superuser-password");
  rmSync(unfinished, { recursive: true, force: true });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (user !== undefined) chownSync(passwordFile, user.uid, user.gid);
  const options = { cwd: folder, user, signal };
  try {
    const words = ["-D", unfinished, `--pwfile=${passwordFile}`, ...INITDB_OPTIONS];
    await runAs(join(binaries, "initdb"), words, options);
    const single = ["--single", "-D", unfinished, "-c", "exit_on_error=on", "postgres"];
    await runAs(join(binaries, "postgres"), single, { ...options, input: databaseSetup(password) });
  } catch (cause) {
    throw new Error("while making a new database", { cause });
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(unfinished, data);
}

/**
 * A server that was killed leaves its number behind, and after a restart of the machine that may be anybody's: the next
 * server would take it for the old one, and refuse to start.
 */
function removeStaleLock(data: string): void {
  const path = join(data, "postmaster.pid");
  if (!existsSync(path)) return;
  const [pid = ""] = readFileSync(path, "utf8").split("\n");
  if (!commandLineOf(pid).includes(data)) rmSync(path, { force: true });
}

function commandLineOf(pid: string): string {
  try {
    return readFileSync(`/proc/${Number(pid)}/cmdline`, "utf8");
  } catch {
    return "";
  }
}
