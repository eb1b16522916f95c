export const sorts = ["createdAt", "-createdAt", "updatedAt", "-updatedAt", "name", "-name"] as const;
/** An order of profiles; the minus sign turns it round. */
export type Sort = (typeof sorts)[number];

/** How a listing in some order goes on from a profile. */
export interface SortKey {
  /** SQL: what is sorted by. An index of migration 0004 has it, followed by `position`, which is unique. */
  readonly expression: string;
  /** SQL: its value as text that loses nothing. Times have microseconds, which JavaScript's have not. */
  readonly text: string;
  /** SQL: the value again, made of that text in a parameter. */
  from(parameter: string): string;
  /** Whether a text can be such a value. */
  fits(text: string): boolean;
  /** Two such texts, as PostgreSQL compares their values. */
  compare(one: string, other: string): number;
}

/** Microseconds since 1970. */
const microseconds = /^-?\d{1,16}$/;

function timeKey(column: string): SortKey {
  return {
    expression: column,
    text: `(extract(epoch FROM ${column}) * 1000000)::bigint::text`,
    from: (parameter) => `'epoch'::timestamptz + ${parameter}::bigint * interval '1 microsecond'`,
    fits: (text) => microseconds.test(text),
    compare: compareNumbers,
  };
}

// By code point: the order of a language would change with the operating system's library, and break the index.
const nameKey: SortKey = {
  expression: `lower(name) COLLATE "C"`,
  text: "lower(name)",
  from: (parameter) => `${parameter}::text`,
  fits: (text) => text.length <= 1_000 && !text.includes("\0") && text.isWellFormed(),
  compare: (one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)),
};

/** Whole numbers as text, which may be too large for JavaScript's numbers. */
export function compareNumbers(one: string, other: string): number {
  const difference = BigInt(one) - BigInt(other);
  if (difference === 0n) return 0;
  return difference < 0n ? -1 : 1;
}

const keys = { createdAt: timeKey("created_at"), updatedAt: timeKey("updated_at"), name: nameKey } as const;

export function sortKey(sort: Sort): SortKey {
  return keys[sort.replace("-", "") as keyof typeof keys];
}

export function isDescending(sort: Sort): boolean {
  return sort.startsWith("-");
}
