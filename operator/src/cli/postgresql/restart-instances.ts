import { awaitMembers } from "./await-members.ts";
import { chooseSuccession } from "./choose.ts";
import { handOver } from "./hand-over.ts";
import { isStreaming, type Member, primaryOf } from "./members.ts";
import type { Database } from "./open.ts";

/** For a restart with a checkpoint of a busy database before it, and for what was written meanwhile. */
const RESTART_MS = 300_000;

/** Restarts instances one after the other, each once the one before runs again; a primary with replicas hands over. */
export async function restartInstances(
  database: Pick<Database, "patroni" | "say">,
  chosen: readonly Member[],
): Promise<void> {
  for (const { name } of chosen) {
    const members = await database.patroni.members();
    if (members.length > 1 && primaryOf(members)?.name === name) {
      await handOver(database, chooseSuccession(members, undefined));
    }
    await restart(database, name);
  }
}

async function restart({ patroni, say }: Pick<Database, "patroni" | "say">, name: string): Promise<void> {
  say(`${name} restarts`);
  await awaitMembers(patroni, {
    what: `${name} running after its restart`,
    timeoutMs: RESTART_MS,
    done: (members) => members.some((member) => member.name === name && runs(member)),
    said: await patroni.restart(name),
  });
  say(`${name} runs`);
}

/** A setting may go on waiting: of some, a replica takes a lower value only after the primary has. */
function runs(member: Member): boolean {
  return member.isPrimary ? member.state === "running" : isStreaming(member);
}
