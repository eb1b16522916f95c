import { z } from "zod";
import { type Configuration, duration, integer } from "../kit/config.ts";

/** Where the server may read what is allowed to come from a replica; name, user and password are those of the primary. */
export const replicaVariables = {
  /** Absent when there is no replica to read from. */
  DB_READ_HOST: z.string().trim().min(1).optional(),
  DB_READ_PORT: integer(5432, 1, 65_535),
  /** What a read waits for at most until the replica has what the primary had. Past this the primary answers sooner. */
  DB_READ_MAX_LAG: duration("100ms", 0, 2_000),
};
export type ReplicaConfiguration = Configuration<typeof replicaVariables>;
