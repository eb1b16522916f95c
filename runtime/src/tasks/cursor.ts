/** A place in the order of due times, ids deciding between equal ones. */
export interface TaskPlace {
  /** Microseconds since 1970, as PostgreSQL counts them: a Date would lose three digits. */
  readonly dueMicros: string;
  readonly id: string;
}

/** Before every task. */
export const start: TaskPlace = { dueMicros: "-100000000000000000", id: "00000000-0000-0000-0000-000000000000" };

const pattern = /^due:(-?\d{1,17}):([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** A cursor is opaque to clients, so that what it holds can change. */
export function encodeCursor({ dueMicros, id }: TaskPlace): string {
  return Buffer.from(`due:${dueMicros}:${id}`).toString("base64url");
}

/** @returns undefined when the text is no cursor of ours */
export function decodeCursor(cursor: string): TaskPlace | undefined {
  const [, dueMicros, id] = pattern.exec(Buffer.from(cursor, "base64url").toString("utf8")) ?? [];
  return dueMicros === undefined || id === undefined ? undefined : { dueMicros, id };
}
