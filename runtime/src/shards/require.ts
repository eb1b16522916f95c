import { OperatorError } from "../kit/errors.ts";
import { FatalStepError } from "../kit/retry.ts";
import type { Postgres, Statement } from "../kit/stores/postgres.ts";
import { requireSchema } from "../schema/version.ts";
import { misplaced } from "./prepare.ts";
import { isComplete, parseSlots } from "./slots.ts";

const read: Statement = { name: "shard-read", text: "SELECT number, slots::text AS slots FROM shard" };

interface Columns {
  readonly number: number;
  readonly slots: string;
}

/**
 * Start-up step of a service that knows one database: passes unless some of the profiles are in others.
 *
 * @throws FatalStepError
 */
export async function requireUnshared(home: Pick<Postgres, "query">): Promise<void> {
  const [row] = await home.query<Columns>(read, []);
  if (row === undefined || isComplete(parseSlots(row.slots))) return;
  throw new FatalStepError(
    new OperatorError("Some of the profiles are in other databases. Name these in DB_SHARDS, as everywhere else."),
  );
}

/**
 * Start-up step of a service that knows several: passes once each is what it is expected to be.
 *
 * @throws FatalStepError when one is another; an Error naming what is missing
 */
export async function requireShared(shards: readonly Postgres[]): Promise<void> {
  for (const [number, shard] of shards.entries()) {
    await requireSchema(shard);
    const [row] = await shard.query<Columns>(read, []);
    if (row === undefined) throw new Error(`database ${number} waits for "migrate" with DB_SHARDS`);
    if (row.number !== number) throw new FatalStepError(misplaced(number, row.number));
  }
}
