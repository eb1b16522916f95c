import { z } from "zod";
import { pageLimit } from "../kit/http/page.ts";
import { hasAtMost, wellFormed } from "../kit/text.ts";
import { instant } from "../kit/time.ts";
import { profileEmail, profileName } from "./profile.ts";
import { searchWords } from "./search.ts";
import { sorts } from "./sort.ts";

const time = instant(
  "must be a time with its zone, such as 2026-01-31T12:00:00Z or 2026-01-31T14:00:00%2B02:00 (in a query, + is a blank)",
);

const filters = {
  name: profileName.optional().meta({ description: "The whole name, without regard to case." }),
  email: profileEmail.optional().meta({ description: "The whole e-mail address, without regard to case." }),
  createdAfter: time.optional().meta({ description: "Created later than this." }),
  createdBefore: time.optional().meta({ description: "Created earlier than this." }),
  updatedAfter: time.optional().meta({ description: "Last changed later than this." }),
  updatedBefore: time.optional().meta({ description: "Last changed earlier than this." }),
  search: z
    .string()
    .normalize("NFC")
    .trim()
    .refine(hasAtMost(200), { error: "must have at most 200 characters", abort: true })
    .regex(wellFormed, { error: "must be valid Unicode: it holds half of a surrogate pair", abort: true })
    .refine((text) => !text.includes("\0"), { error: "must not hold NUL characters", abort: true })
    .refine((text) => searchWords(text).length > 0, "must hold a word to search for")
    .optional()
    .meta({
      description:
        "Words, or their beginnings, which must all occur in name, e-mail address or bio. A word holds a letter or a digit.",
      maxLength: 200,
    }),
};

/** The parameters of a listing. */
export const listQuery = z.strictObject({
  ...filters,
  sort: z
    .enum(sorts, `must be one of ${sorts.join(", ")}`)
    .default("createdAt")
    .meta({ description: "The order; a minus sign turns it round." }),
  limit: pageLimit.meta({ description: "Profiles on a page, at most." }),
  cursor: z
    .string()
    .optional()
    .meta({ description: "The `nextCursor` of the page before, with the same sort and filters." }),
});
export type ListQuery = Readonly<z.infer<typeof listQuery>>;

export type FilterName = keyof typeof filters;
export const filterNames = Object.keys(filters) as readonly FilterName[];

/** Which profiles to list; times are in UTC. */
export type Filters = { readonly [Name in FilterName]?: string };

export function filtersOf(query: ListQuery): Filters {
  const given = filterNames.flatMap((name) => (query[name] === undefined ? [] : [[name, query[name]] as const]));
  return Object.fromEntries(given);
}
