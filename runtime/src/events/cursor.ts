import type { Position } from "./position.ts";

/** Characters that a cursor has at most. */
export const longestCursor = 200;

const pattern = /^1\.([\w-]{1,40})\.(\d{1,20})\.(\d{1,20})\.(\d{1,19})$/;

/** The largest number of a transaction, and of an event. */
const largest = { xid: 2n ** 64n - 1n, id: 2n ** 63n - 1n };

/** A cursor is opaque to clients, so that what it holds can change. */
export function encodeCursor({ history, low, high, after }: Position): string {
  return Buffer.from(`1.${history}.${low}.${high}.${after}`).toString("base64url");
}

/** @returns undefined when the text is no cursor of ours */
export function decodeCursor(text: string): Position | undefined {
  if (text.length > longestCursor) return undefined;
  const [, history, low, high, after] = pattern.exec(Buffer.from(text, "base64url").toString("latin1")) ?? [];
  if (history === undefined || low === undefined || high === undefined || after === undefined) return undefined;
  const position = { history, low: BigInt(low), high: BigInt(high), after: BigInt(after) };
  const fits = position.low <= position.high && position.high <= largest.xid && position.after <= largest.id;
  const isOne = position.low < position.high || position.after === 0n;
  return fits && isOne ? position : undefined;
}
