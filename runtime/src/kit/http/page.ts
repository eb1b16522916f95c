import { z } from "zod";

const wholeNumber = "must be a whole number from 1 to 100";

/** How many rows a page may have, as a parameter of a query. */
export const pageLimit = z
  .preprocess(
    (text) => (typeof text === "string" && /^\d{1,3}$/.test(text) ? Number(text) : text),
    z.int(wholeNumber).min(1, wholeNumber).max(100, wholeNumber),
  )
  .default(20);

export interface Page<Row> {
  readonly rows: readonly Row[];
  /** Absent on the last page. */
  readonly nextCursor?: string;
}

/**
 * A page of a listing, of which one row more than fits was asked for: that there is one tells that the listing goes on.
 *
 * @param cursorAfter leads to what comes after a row
 */
export function pageOf<Row>(found: readonly Row[], limit: number, cursorAfter: (row: Row) => string): Page<Row> {
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  return found.length > limit && last !== undefined ? { rows, nextCursor: cursorAfter(last) } : { rows };
}
