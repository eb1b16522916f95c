import { setTimeout as delay } from "node:timers/promises";
import { killPod } from "../faults/kill-pod.ts";
import { empty, fill, isSmall, makeSmall } from "../faults/small-volume.ts";
import { switchOver } from "../faults/switchover.ts";
import type { Field } from "../field.ts";
import { query } from "../inside.ts";
import type { Member, Members } from "../members.ts";
import { untilWhole } from "../redundancy.ts";
import type { Scenario } from "../scenario.ts";

const FULL_MS = 20_000;
const REBUILD_TIMEOUT_MS = 180_000;
/** More than PostgreSQL keeps for reuse. */
const SEGMENTS = 8;

export const volumeFull: Scenario = {
  name: "volume-full",
  what: `the primary's volume is full for ${FULL_MS / 1000} s, for the write-ahead log as well as for tables`,
  limits: { redundancyMs: 60_000 },
  prepare: async (field, members) => {
    const whole = (await smallMember(field, members)) === undefined ? await withSmallReplica(field, members) : members;
    const small = await smallMember(field, whole);
    if (small === undefined) throw new Error("the volume of a replica was made small, and is not");
    if (small !== whole.primary) await switchOver(field, whole, small.pod);
  },
  strike: async (field, { primary }) => {
    await fill(field, primary);
    // The log goes on to files that are not there yet; the server may end of it, and with it this connection.
    for (let segment = 0; segment < SEGMENTS; segment += 1) {
      await query(field, primary.pod, "SELECT pg_switch_wal() FROM txid_current()").catch(() => undefined);
    }
    return { lasted: () => delay(FULL_MS), undo: () => empty(field, primary) };
  },
};

async function smallMember(field: Field, { primary, replicas }: Members): Promise<Member | undefined> {
  for (const member of [primary, ...replicas]) if (await isSmall(field, member)) return member;
  return undefined;
}

/** A replica copies the database into its new, small volume by itself. */
async function withSmallReplica(field: Field, { replicas: [replica] }: Members): Promise<Members> {
  if (replica === undefined) throw new Error("there is no replica whose volume could be made small");
  await makeSmall(field, replica);
  await killPod(field, replica.pod);
  return untilWhole(field, field.instances, REBUILD_TIMEOUT_MS);
}
