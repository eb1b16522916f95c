import { z } from "zod";
import type { FieldError } from "../kit/http/problem.ts";
import { type Filters, filterNames } from "./list-query.ts";
import { type Sort, sortKey, sorts } from "./sort.ts";

/** The last profile of a page: what it is sorted by, as text, and its place among those with the same. */
export interface Position {
  readonly key: string;
  readonly position: string;
}

/** Where a listing goes on, and which listing that is. */
export interface Cursor {
  readonly sort: Sort;
  readonly filters: Filters;
  readonly after: Position;
}

const written = z
  .strictObject({
    s: z.enum(sorts),
    f: z.partialRecord(z.enum(filterNames), z.string()),
    k: z.string(),
    p: z.string().regex(/^\d{1,18}$/),
  })
  .refine(({ s, k }) => sortKey(s).fits(k));

/** A cursor is opaque to clients, so that what it holds can change. */
export function encodeCursor({ sort, filters, after }: Cursor): string {
  const text = JSON.stringify({ s: sort, f: filters, k: after.key, p: after.position });
  return Buffer.from(text).toString("base64url");
}

/** @returns undefined when the text is no cursor of ours */
export function decodeCursor(text: string): Cursor | undefined {
  const { data } = written.safeParse(parse(Buffer.from(text, "base64url").toString("utf8")));
  if (data === undefined) return undefined;
  return { sort: data.s, filters: data.f, after: { key: data.k, position: data.p } };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What a listing asks for otherwise than the one that its cursor is from: with that, it would skip and repeat. */
export function differences(cursor: Cursor, sort: Sort, filters: Filters): readonly FieldError[] {
  const asked = { ...filters, sort };
  const before = { ...cursor.filters, sort: cursor.sort };
  return (["sort", ...filterNames] as const)
    .filter((name) => asked[name] !== before[name])
    .map((pointer) => {
      const value = before[pointer];
      const detail = value === undefined ? "must be left out" : `must be ${JSON.stringify(value)}`;
      return { pointer, detail: `${detail}, as in the request that the cursor is from` };
    });
}
