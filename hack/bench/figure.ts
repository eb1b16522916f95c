/** What one figure means and how it is shown. */
export interface FigureText {
  readonly title: string;
  readonly unit: string;
  /** Digits behind the point. */
  readonly digits: number;
  readonly better: "higher" | "lower";
}

export const higher = (title: string, unit: string, digits = 1): FigureText => ({
  title,
  unit,
  digits,
  better: "higher",
});

export const lower = (title: string, unit: string, digits = 1): FigureText => ({
  title,
  unit,
  digits,
  better: "lower",
});
