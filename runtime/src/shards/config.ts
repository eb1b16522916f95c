import { z } from "zod";
import type { Configuration, Environment, postgresVariables } from "../kit/config.ts";

/** Another database that profiles are in. */
export interface ShardAddress {
  readonly host: string;
  readonly port: number;
  /** Absent when it has the name of the first one. */
  readonly database?: string;
}

const what = "databases with commas between them, each as host:port or host:port/database";

export const shardVariables = {
  /** Where profiles are beside the database that `DB_HOST` names; absent when they all are there. */
  DB_SHARDS: z
    .string()
    .transform((text, context) => {
      const addresses = text.split(",").map(parseAddress);
      if (addresses.some((address) => address === undefined)) {
        context.addIssue({ code: "custom", message: what });
        return z.NEVER;
      }
      return addresses.flatMap((address) => address ?? []);
    })
    .optional(),
};
export type ShardConfiguration = Configuration<typeof postgresVariables & typeof shardVariables>;

function parseAddress(text: string): ShardAddress | undefined {
  const [, host = "", port = "", database] = /^(.+):(\d{1,5})(?:\/([^/\s]+))?$/.exec(text.trim()) ?? [];
  if (Number(port) < 1 || Number(port) > 65_535) return undefined;
  const address = { host: host.replace(/^\[(.*)\]$/, "$1"), port: Number(port) };
  return database === undefined ? address : { ...address, database };
}

/** A listing is read from all shards, and a replica is one of the first alone. */
export function shardRules({ DB_SHARDS, DB_READ_HOST }: Environment): Readonly<Record<string, string>> {
  return DB_SHARDS && DB_READ_HOST ? { DB_READ_HOST: "no value while DB_SHARDS has one" } : {};
}
