const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** Milliseconds of a length of time such as `90s`, `15m` or `24h`. Throws on anything else, zero included. */
export function parseDuration(text: string): number {
  return milliseconds(/^([1-9]\d{0,8})([smh])$/.exec(text), `"${text}"`, "s, m or h, such as 15m");
}

/** Milliseconds of a short length of time such as `250ms` or `2s`. Throws on anything else, zero included. */
export function parseShortDuration(text: string): number {
  return milliseconds(/^([1-9]\d{0,8})(ms|s)$/.exec(text), `"${text}"`, "ms or s, such as 250ms");
}

function milliseconds(match: RegExpExecArray | null, what: string, units: string): number {
  const [, amount, unit = ""] = match ?? [];
  const factor = UNITS[unit];
  if (amount === undefined || factor === undefined) {
    throw new Error(`${what} is not a length of time: write a whole number above zero and ${units}`);
  }
  return Number(amount) * factor;
}
