import { z } from "zod";
import type { WriteEffect } from "../cache/store.ts";
import type { Statement } from "../kit/stores/postgres.ts";
import { addresses } from "../profiles/addresses.ts";
import { profileInput } from "../profiles/profile.ts";
import { changed, profileWrites } from "../profiles/repository.ts";
import { refusingTakenEmail } from "../profiles/service.ts";
import { compareNumbers } from "../profiles/sort.ts";
import type { Databases, Transaction } from "../shards/databases.ts";
import type { PayloadOf } from "./task.ts";
import type { Step, StepEnd } from "./work.ts";

/** Profiles looked at in one step: its transaction keeps others from writing those that it changes. */
const stepSize = 100;
/** Of the profiles that were left as they are, so many are named in the result. */
const namedAtMost = 20;

/** Where the change goes on. Positions are those of profiles, in the order of creation. */
const state = z.object({
  /** Of the last profile that was looked at. */
  position: z.string(),
  /** Of the last profile that there was at the beginning: who comes later has chosen an address since. */
  end: z.string(),
  examined: z.int(),
  changed: z.int(),
  /** Profiles whose new address another one has, or would be too long. */
  skipped: z.int(),
  skippedProfileIds: z.array(z.string()),
});
type State = z.infer<typeof state>;

const readEnd: Statement = {
  name: "domain-change-end",
  text: "SELECT coalesce(max(position), 0) AS last FROM profiles",
};

const examine: Statement = {
  name: "domain-change-examine",
  text: `SELECT position, CASE WHEN split_part(lower(email), '@', 2) = $4 THEN id::text END AS id FROM profiles
    WHERE position > $1 AND position <= $2 ORDER BY position LIMIT $3`,
};

interface Examined {
  readonly position: string;
  /** Null when the profile is of another domain. */
  readonly id: string | null;
}

interface Page {
  readonly examined: number;
  /** Undefined on an empty page. */
  readonly last: string | undefined;
  readonly ids: readonly string[];
}

/**
 * Moves addresses from one domain to another, a page of profiles in each step. Each profile that existed at the
 * beginning is looked at once, whatever happens to workers meanwhile.
 */
export async function nextDomainStep(
  databases: Pick<Databases, "readAll">,
  { from, to }: PayloadOf<"profiles.change-domain">,
  previous: unknown,
): Promise<Step> {
  const before = previous === null ? await firstState(databases) : state.parse(previous);
  const page = await readPage(databases, before, from);
  return {
    profileIds: page.ids,
    async apply(transaction) {
      const effects = new Map<string, WriteEffect>();
      const skipped: string[] = [];
      for (const id of page.ids) {
        const effect = await changeOne(transaction, id, from, to);
        if (effect === "skipped") skipped.push(id);
        else if (effect !== undefined) effects.set(id, effect);
      }
      return { effects, result: endOfStep(advance(before, page, effects.size, skipped), page.last === undefined) };
    },
  };
}

async function firstState(databases: Pick<Databases, "readAll">): Promise<State> {
  const ends = await databases.readAll<{ last: string }>(readEnd, [], (one, other) =>
    compareNumbers(one.last, other.last),
  );
  const counts = { examined: 0, changed: 0, skipped: 0, skippedProfileIds: [] };
  return { position: "0", end: ends.at(-1)?.last ?? "0", ...counts };
}

async function readPage(
  databases: Pick<Databases, "readAll">,
  { position, end }: State,
  domain: string,
): Promise<Page> {
  const rows = await databases.readAll<Examined>(examine, [position, end, stepSize, domain], (one, other) =>
    compareNumbers(one.position, other.position),
  );
  const examined = rows.slice(0, stepSize);
  const ids = examined.flatMap(({ id }) => (id === null ? [] : [id]));
  return { examined: examined.length, last: examined.at(-1)?.position, ids };
}

/** @returns undefined when the profile has left the domain, or is gone, since the page was read */
async function changeOne(
  transaction: Transaction,
  id: string,
  from: string,
  to: string,
): Promise<WriteEffect | "skipped" | undefined> {
  const profile = await profileWrites.lock(transaction, id);
  const [local, domain] = profile?.email.split("@") ?? [];
  if (profile === undefined || domain?.toLowerCase() !== from) return undefined;
  const email = `${local}@${to}`;
  if (!profileInput.shape.email.safeParse(email).success) return "skipped";
  if (await addresses.isTaken(transaction, email, id)) return "skipped";
  // Taken in between, the address fails this attempt, and the next one finds it taken.
  const written = await refusingTakenEmail(() => profileWrites.replace(transaction, id, changed(profile, { email })));
  return written === undefined ? undefined : { kind: "updated", profile: written };
}

function advance(before: State, page: Page, changes: number, skipped: readonly string[]): State {
  return {
    position: page.last ?? before.position,
    end: before.end,
    examined: before.examined + page.examined,
    changed: before.changed + changes,
    skipped: before.skipped + skipped.length,
    skippedProfileIds: [...before.skippedProfileIds, ...skipped].slice(0, namedAtMost),
  };
}

function endOfStep({ position, end, ...counts }: State, finished: boolean): StepEnd {
  if (finished) return { kind: "finished", result: counts };
  const percent = Math.min(99, Math.floor((Number(position) / Number(end)) * 100));
  const message = `${counts.examined} profiles examined, ${counts.changed} changed`;
  return { kind: "continued", state: { position, end, ...counts }, progress: { percent, message } };
}
