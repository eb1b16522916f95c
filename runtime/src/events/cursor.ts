import type { Cut, Position } from "./position.ts";

/** Characters that a cursor has at most: with hundreds of transactions under way. */
export const longestCursor = 4_096;

/** The largest number of a transaction, and of an event. */
const largest = { xid: 2n ** 64n - 1n, id: 2n ** 63n - 1n };

const number = "[0-9a-z]{1,13}";
const cutText = `${number}(?:~${number})*`;
const pattern = new RegExp(`^1\\.([\\w-]{1,40})\\.(${cutText})(?:\\.(${cutText})\\.(${number}))?$`);

/** A cursor is opaque to clients, so that what it holds can change. */
export function encodeCursor({ history, cut, within }: Position): string {
  const rest = within === undefined ? [] : [writeCut(within.to), within.after.toString(36)];
  return Buffer.from(["1", history, writeCut(cut), ...rest].join(".")).toString("base64url");
}

/** @returns undefined when the text is no cursor of ours */
export function decodeCursor(text: string): Position | undefined {
  if (text.length > longestCursor) return undefined;
  const [, history, from, to, last] = pattern.exec(Buffer.from(text, "base64url").toString("latin1")) ?? [];
  if (history === undefined || from === undefined) return undefined;
  const cut = readCut(from);
  if (cut === undefined) return undefined;
  if (to === undefined || last === undefined) return { history, cut };
  const [other, after] = [readCut(to), readNumber(last)];
  return other === undefined || after > largest.id ? undefined : { history, cut, within: { to: other, after } };
}

/** Running transactions are near the end of a cut: how far below it they are is shorter than their numbers. */
function writeCut({ end, running }: Cut): string {
  return [end, ...running.map((xid) => end - xid)].map((value) => value.toString(36)).join("~");
}

function readCut(text: string): Cut | undefined {
  const [end = 0n, ...distances] = text.split("~").map(readNumber);
  const running = distances.map((distance) => end - distance);
  const isOrdered = running.every((xid, index) => xid >= 0n && xid < (running[index + 1] ?? end));
  return end <= largest.xid && isOrdered ? { end, running } : undefined;
}

function readNumber(text: string): bigint {
  let value = 0n;
  for (const digit of text) value = value * 36n + BigInt(Number.parseInt(digit, 36));
  return value;
}
