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
