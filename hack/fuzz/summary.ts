import type { Tally } from "./tally.ts";

/** A table of what was asked and answered, a line for each operation; methods that there are not are left out. */
export function summaryOf({ operations }: Tally): string {
  const lines = [...operations]
    .filter(([, { statuses }]) => [...statuses.keys()].some((status) => status !== 405))
    .map(([label, { requests, statuses }]) => {
      const answers = [...statuses].toSorted(([a], [b]) => a - b).map(([status, count]) => `${status}: ${count}`);
      return `  ${String(requests).padStart(6)}  ${label.padEnd(44)} ${answers.join(", ")}\n`;
    });
  return lines.toSorted().join("");
}
