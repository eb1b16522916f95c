/** Role and database of the services, as in a cluster: the role owns its database, and nothing else. */
export const DATABASE = "profiles";

/** What a new database cluster gets of: letters do not depend on who makes it, and everybody needs a password. */
export const INITDB_OPTIONS = [
  "--username=postgres",
  "--auth=scram-sha-256",
  "--encoding=UTF8",
  "--locale=C.UTF-8",
  "--no-sync",
] as const;

/** Statements for `postgres --single`, one a line. */
export function databaseSetup(password: string): string {
  return `CREATE ROLE ${DATABASE} LOGIN PASSWORD '${password}'\nCREATE DATABASE ${DATABASE} OWNER ${DATABASE}\n`;
}
