import { readFileSync } from "node:fs";
import { type Family, parseFamilies } from "./exposition.ts";

const PAGE = new URL("../../../docs/metrics.md", import.meta.url);

/** Rows of the tables of docs/metrics.md: `| name | type | labels | meaning |`. */
export function documentedFamilies(): ReadonlyMap<string, Family & { readonly meaning: string }> {
  const rows = [...readFileSync(PAGE, "utf8").matchAll(/^\| `(\w+)` \| (\w+) \| ([^|]*) \| (.+) \|$/gm)];
  return new Map(
    rows.map(([, name = "", type = "", labels = "", meaning = ""]) => [
      name,
      { name, type, labels: [...labels.matchAll(/`(\w+)`/g)].map(([, label = ""]) => label).sort(), meaning },
    ]),
  );
}

/**
 * Each family of a scrape as `name type {labels}`, sorted, beside what docs/metrics.md says. Figures of Node.js may have
 * no sample, and so no labels, until something happened; all others must be there from the start.
 */
export function compareWithDocumented(text: string): { readonly scraped: string[]; readonly documented: string[] } {
  const documented = documentedFamilies();
  const scraped = [...parseFamilies(text).values()].map((family) => {
    const known = documented.get(family.name);
    const isSilent = family.labels === undefined && family.name.startsWith("nodejs_");
    return describe({ ...family, labels: isSilent ? known?.labels : family.labels });
  });
  return { scraped: scraped.sort(), documented: [...documented.values()].map(describe).sort() };
}

function describe({ name, type, labels }: Family): string {
  return `${name} ${type} ${labels === undefined ? "without a sample" : `{${labels.join(",")}}`}`;
}

/** The expressions of its last table: `| question | query |`. */
export function documentedQueries(): readonly string[] {
  const rows = [...readFileSync(PAGE, "utf8").matchAll(/^\| [^|`]+\? \| (.+) \|$/gm)];
  return rows.flatMap(([, cell = ""]) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, query = ""]) => query.replaceAll("\\|", "|")),
  );
}
