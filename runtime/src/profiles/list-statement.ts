import type { Position } from "./cursor.ts";
import type { FilterName, Filters } from "./list-query.ts";
import { searchQuery } from "./search.ts";
import { isDescending, type Sort, sortKey } from "./sort.ts";

export interface Listing {
  readonly sort: Sort;
  readonly filters: Filters;
  /** Absent at the beginning. */
  readonly after?: Position;
  /** Rows at most. */
  readonly limit: number;
}

interface Filter {
  /** SQL, given the name of the parameter. */
  readonly condition: (parameter: string) => string;
  readonly value?: (given: string) => string;
}

// The API shows times without their microseconds: what is shown as 12:00:00.001 is later than 12:00:00.000, and what
// is shown as 12:00:00.000 is not, whatever the microseconds.
const after = (column: string) => (parameter: string) =>
  `${column} >= ${parameter}::timestamptz + interval '1 millisecond'`;
const before = (column: string) => (parameter: string) => `${column} < ${parameter}::timestamptz`;

const conditions: Readonly<Record<FilterName, Filter>> = {
  name: { condition: (parameter) => `lower(name) COLLATE "C" = lower(${parameter})` },
  email: { condition: (parameter) => `lower(email) = lower(${parameter})` },
  createdAfter: { condition: after("created_at") },
  createdBefore: { condition: before("created_at") },
  updatedAfter: { condition: after("updated_at") },
  updatedBefore: { condition: before("updated_at") },
  search: { condition: (parameter) => `search @@ to_tsquery('simple', ${parameter})`, value: searchQuery },
};

export interface ListStatement {
  /** Given to the few statements without filters; the many with some are planned each time, for what they look for. */
  readonly name?: string;
  /** What traces call the others. */
  readonly summary?: string;
  readonly text: string;
  readonly values: readonly unknown[];
}

/** The statement that reads a page: from its position on by the index of the order, never counting what is before. */
export function listStatement(columns: string, { sort, filters, after, limit }: Listing): ListStatement {
  const key = sortKey(sort);
  const values: unknown[] = [];
  const parameter = (value: unknown): string => `$${values.push(value)}`;
  const where = Object.entries(filters).map(([name, given]) => {
    const { condition, value = (text: string) => text } = conditions[name as FilterName];
    return condition(parameter(value(given)));
  });
  const [direction, beyond] = isDescending(sort) ? ["DESC", "<"] : ["ASC", ">"];
  if (after !== undefined) {
    const from = key.from(parameter(after.key));
    where.push(`(${key.expression}, position) ${beyond} (${from}, ${parameter(after.position)}::bigint)`);
  }
  const text = `SELECT ${columns}, position, ${key.text} AS sort_key FROM profiles
    ${where.length > 0 ? `WHERE ${where.join(" AND ")}` : ""}
    ORDER BY ${key.expression} ${direction}, position ${direction} LIMIT ${parameter(limit)}`;
  const unfiltered = Object.keys(filters).length === 0;
  const name = `profile-list-${sort}-${after === undefined ? "first" : "next"}`;
  return { ...(unfiltered ? { name } : { summary: `${name}-filtered` }), text, values };
}
