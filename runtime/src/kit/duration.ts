const unitMilliseconds: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
const wholePattern = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h))+$/;
const partPattern = /(\d+(?:\.\d+)?)(ms|s|m|h)/g;

/**
 * Reads a duration in Go's notation, as Kubernetes manifests carry it: `24h`, `1h30m`, `1.5s`.
 * Returns whole milliseconds, or undefined when the text is no such duration.
 */
export function parseDuration(text: string): number | undefined {
  if (!wholePattern.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(partPattern)) {
    total += Number(amount) * (unitMilliseconds[unit ?? ""] ?? 0);
  }
  return Math.round(total);
}
