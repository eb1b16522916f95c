const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };

/** Milliseconds of a length of time such as `90s`, `15m` or `24h`. Throws on anything else, zero included. */
export function parseDuration(text: string): number {
  const [, amount, unit = ""] = /^([1-9]\d{0,8})([smh])$/.exec(text) ?? [];
  const factor = UNITS[unit];
  if (amount === undefined || factor === undefined) {
    throw new Error(`"${text}" is not a length of time: write a whole number above zero and s, m or h, such as 15m`);
  }
  return Number(amount) * factor;
}
