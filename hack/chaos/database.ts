import type { AcknowledgedWrite } from "./acknowledged-write.ts";
import { type Place, query } from "./inside.ts";
import type { WriterSettings } from "./writer/protocol.ts";

interface Secret {
  readonly data: Readonly<Record<"username" | "password" | "database", string>>;
}

interface Service {
  readonly spec: { readonly clusterIP: string };
}

/** How the platform's services reach the primary, and as whom. */
export async function connectionOf({ kubectl, namespace }: Place): Promise<Omit<WriterSettings, "writers">> {
  const read = async (kind: string, name: string): Promise<unknown> =>
    JSON.parse(await kubectl.run(["get", kind, name, "-n", namespace, "-o", "json"]));
  const { spec } = (await read("service", "postgresql")) as Service;
  const { data } = (await read("secret", "postgresql-credentials")) as Secret;
  const decoded = (key: keyof Secret["data"]): string => Buffer.from(data[key], "base64").toString();
  return {
    host: spec.clusterIP,
    port: 5432,
    user: decoded("username"),
    password: decoded("password"),
    database: decoded("database"),
  };
}

/** Makes an empty table for the writes, in place of that of a former run. */
export async function makeTable(place: Place, pod: string, user: string, database: string): Promise<void> {
  const role = `"${user.replaceAll('"', '""')}"`;
  const sql = `BEGIN;
    DROP SCHEMA IF EXISTS chaos CASCADE;
    CREATE SCHEMA chaos;
    CREATE TABLE chaos.writes (writer integer, number integer, PRIMARY KEY (writer, number));
    GRANT USAGE ON SCHEMA chaos TO ${role};
    GRANT INSERT, SELECT ON chaos.writes TO ${role};
    COMMIT;`;
  await query(place, pod, sql, database);
}

/** Keys of the rows that a server has, from each writer's first of these writes on. */
export async function foundRows(
  place: Place,
  pod: string,
  database: string,
  writes: readonly AcknowledgedWrite[],
): Promise<ReadonlySet<string>> {
  const first = new Map<number, number>();
  for (const { writer, number } of writes) first.set(writer, Math.min(number, first.get(writer) ?? number));
  if (first.size === 0) return new Set();
  const values = [...first].map(([writer, number]) => `(${writer}, ${number})`).join(", ");
  const sql = `SELECT writer, writes.number FROM chaos.writes JOIN (VALUES ${values}) AS first (writer, number) USING (writer)
    WHERE writes.number >= first.number`;
  return new Set(await query(place, pod, sql, database));
}
