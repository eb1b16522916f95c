import { awaitMembers } from "./await-members.ts";
import type { Succession } from "./choose.ts";
import { primaryOf } from "./members.ts";
import type { Database } from "./open.ts";

/** Patroni gives up after less. */
const HAND_OVER_MS = 90_000;

/** Has the primary hand over, and waits until the candidate is the primary. */
export async function handOver(
  { patroni, say }: Pick<Database, "patroni" | "say">,
  { primary, candidate }: Succession,
): Promise<void> {
  say(`${primary.name} hands over to ${candidate.name}`);
  await awaitPrimary({ patroni, say }, candidate.name, await patroni.switchover(primary.name, candidate.name));
}

/** Waits until a member is the primary, and says so. `said`: by Patroni. */
export async function awaitPrimary(
  { patroni, say }: Pick<Database, "patroni" | "say">,
  name: string,
  said: string,
): Promise<void> {
  const members = await awaitMembers(patroni, {
    what: `${name} as the primary`,
    timeoutMs: HAND_OVER_MS,
    done: (found) => primaryOf(found)?.name === name,
    said,
  });
  say(`${name} is the primary, on timeline ${primaryOf(members)?.timeline ?? "unknown"}`);
}
