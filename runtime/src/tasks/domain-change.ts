import { z } from "zod";
import type { WriteEffect } from "../cache/store.ts";
import type { Queryable, Statement } from "../kit/stores/postgres.ts";
import { profileInput } from "../profiles/profile.ts";
import { changed, profileWrites } from "../profiles/repository.ts";
import { refusingTakenEmail } from "../profiles/service.ts";
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
  text: `WITH page AS (
      SELECT id, position, split_part(lower(email), '@', 2) = $4 AS matches FROM profiles
      WHERE position > $1 AND position <= $2 ORDER BY position LIMIT $3
    ) SELECT count(*)::integer AS examined, max(position) AS last,
      coalesce(array_agg(id::text ORDER BY position) FILTER (WHERE matches), '{}') AS ids FROM page`,
};

const findTaken: Statement = {
  name: "domain-change-taken",
  text: "SELECT 1 AS taken FROM profiles WHERE lower(email) = lower($1) AND id <> $2",
};

interface Page {
  readonly examined: number;
  /** Null on an empty page. */
  readonly last: string | null;
  readonly ids: readonly string[];
}

/**
 * Moves addresses from one domain to another, a page of profiles in each step. Each profile that existed at the
 * beginning is looked at once, whatever happens to workers meanwhile.
 */
export async function nextDomainStep(
  db: Queryable,
  { from, to }: PayloadOf<"profiles.change-domain">,
  previous: unknown,
): Promise<Step> {
  const before = previous === null ? await firstState(db) : state.parse(previous);
  const [page] = await db.query<Page>(examine, [before.position, before.end, stepSize, from]);
  if (page === undefined) throw new Error("an aggregate returned no row");
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
      return { effects, result: endOfStep(advance(before, page, effects.size, skipped), page.last === null) };
    },
  };
}

async function firstState(db: Queryable): Promise<State> {
  const [row] = await db.query<{ last: string }>(readEnd, []);
  const counts = { examined: 0, changed: 0, skipped: 0, skippedProfileIds: [] };
  return { position: "0", end: row?.last ?? "0", ...counts };
}

/** @returns undefined when the profile has left the domain, or is gone, since the page was read */
async function changeOne(
  transaction: Queryable,
  id: string,
  from: string,
  to: string,
): Promise<WriteEffect | "skipped" | undefined> {
  const profile = await profileWrites.lock(transaction, id);
  const [local, domain] = profile?.email.split("@") ?? [];
  if (profile === undefined || domain?.toLowerCase() !== from) return undefined;
  const email = `${local}@${to}`;
  if (!profileInput.shape.email.safeParse(email).success) return "skipped";
  if ((await transaction.query(findTaken, [email, id])).length > 0) return "skipped";
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
