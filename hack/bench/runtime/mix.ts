import type { Step } from "./load.ts";
import type { CapacityPart } from "./results.ts";

/**
 * Out of twenty requests thirteen read one profile, one lists, two create, two update and two delete: as many as are
 * created, so that the table keeps its size. Of 260 reads one is of a profile that is not cached; it takes the place of
 * one that is read again, and so on, which leaves 19 of 20 reads to the cache: the sources have 94 %.
 */
const TWENTY: readonly Step[] = [
  "read-hot",
  "create",
  "read-hot",
  "read-hot",
  "update-hot",
  "read-hot",
  "read-hot",
  "delete",
  "read-hot",
  "list",
  "read-hot",
  "read-hot",
  "create",
  "read-hot",
  "read-hot",
  "update-hot",
  "read-hot",
  "read-hot",
  "delete",
  "read-hot",
];
const ROUNDS = 20;

export const MIX: readonly Step[] = [
  ...Array.from({ length: ROUNDS - 1 }, () => TWENTY).flat(),
  "read-cold",
  ...TWENTY.slice(1),
];

/** What is sent in each part. */
export const PATTERNS: Readonly<Record<CapacityPart, readonly Step[]>> = {
  cachedRead: ["read-hot"],
  uncachedRead: ["read-cold"],
  list: ["list"],
  create: ["create"],
  update: ["update-cold"],
  delete: ["delete"],
  mix: MIX,
};

/** The mix, and a task in every `every` requests beside it. */
export function mixWithTasks(requestsPerTask: number): readonly Step[] {
  return MIX.flatMap((step, i) => (i % requestsPerTask === 0 ? [step, "task" as const] : [step]));
}
