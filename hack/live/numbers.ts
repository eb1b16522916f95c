/** A setting that is a whole number from 1 on. Throws a sentence that names it. */
export function wholeNumber(
  name: string,
  text: string | undefined,
  { fallback, most }: { readonly fallback: number; readonly most: number },
): number {
  if (text === undefined || text === "") return fallback;
  const value = Number(text);
  if (/^[0-9]+$/.test(text) && value >= 1 && value <= most) return value;
  throw new Error(`${name} is "${text}": give a whole number from 1 to ${most}`);
}
