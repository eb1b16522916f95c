import type { FigureText } from "./figure.ts";
import type { Spread } from "./statistics.ts";

/** A median with its spread, as a cell of a table. */
export function show(spread: Spread | undefined, { digits }: Pick<FigureText, "digits">): string {
  if (spread === undefined) return "–";
  const number = (value: number) => format(value, digits);
  const { median, least, most } = spread;
  return number(least) === number(most) ? number(median) : `${number(median)} (${number(least)}–${number(most)})`;
}

/** A ratio with its spread, marked where every round found the first side better. */
export function showRatio(ratio: Spread | undefined, text: Pick<FigureText, "better">): string {
  return ratio === undefined ? "–" : `${show(ratio, { digits: 2 })}${ratio.median === 1 ? "" : mark(ratio, text)}`;
}

function mark({ least, most }: Spread, { better }: Pick<FigureText, "better">): string {
  if (least <= 1 && most >= 1) return "";
  return (better === "higher") === least > 1 ? " ✓" : "";
}

/** Title and unit, as the first cell of a row. */
export function heading({ title, unit }: Pick<FigureText, "title" | "unit">): string {
  return unit === "" ? title : `${title}, ${unit}`;
}

/** Thousands apart, as 12,345.6. */
export function format(value: number, digits: number): string {
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
