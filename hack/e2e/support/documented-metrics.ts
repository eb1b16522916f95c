import { readFileSync } from "node:fs";
import { type Family, parseFamilies } from "./exposition.ts";

const DOCS = new URL("../../../docs/", import.meta.url);

/** Pages with a table `| question | query |`: of the operator, and of the profile service. */
export type QuestionsPage = "metrics.md" | "monitoring.md";

function textOf(page: string): string {
  return readFileSync(new URL(page, DOCS), "utf8");
}

/** Rows of the tables of docs/metrics.md: `| name | type | labels | meaning |`. */
export function documentedFamilies(): ReadonlyMap<string, Family & { readonly meaning: string }> {
  const rows = [...textOf("metrics.md").matchAll(/^\| `(\w+)` \| (\w+) \| ([^|]*) \| (.+) \|$/gm)];
  return new Map(
    rows.map(([, name = "", type = "", labels = "", meaning = ""]) => [
      name,
      { name, type, labels: [...labels.matchAll(/`(\w+)`/g)].map(([, label = ""]) => label).sort(), meaning },
    ]),
  );
}

/** What tells of something that need not have happened, or that a platform need not have. */
const SILENT = /^(nodejs_|profileplatform_(since_backup_|last_backup_|archive_failures$))/;

/**
 * Each family of a scrape as `name type {labels}`, sorted, beside what docs/metrics.md says. Figures of Node.js and of
 * backups may have no sample, and so no labels, until something happened; all others must be there from the start.
 */
export function compareWithDocumented(text: string): { readonly scraped: string[]; readonly documented: string[] } {
  const documented = documentedFamilies();
  const scraped = [...parseFamilies(text).values()].map((family) => {
    const known = documented.get(family.name);
    const isSilent = family.labels === undefined && SILENT.test(family.name);
    return describe({ ...family, labels: isSilent ? known?.labels : family.labels });
  });
  return { scraped: scraped.sort(), documented: [...documented.values()].map(describe).sort() };
}

function describe({ name, type, labels }: Family): string {
  return `${name} ${type} ${labels === undefined ? "without a sample" : `{${labels.join(",")}}`}`;
}

/** The expressions of a page's table `| question | query |`. */
export function documentedQueries(page: QuestionsPage): readonly string[] {
  const rows = [...textOf(page).matchAll(/^\| [^|`]+\? \| (.+) \|$/gm)];
  return rows.flatMap(([, cell = ""]) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, query = ""]) => query.replaceAll("\\|", "|")),
  );
}

/** Names in the tables `| metric … |` of pages about the profile service, beside what they measure. */
export function documentedServiceMetrics(pages: readonly string[]): ReadonlySet<string> {
  const tables = pages.flatMap((page) =>
    [...textOf(page).matchAll(/^\| metric.*\n\|[-|]+\n((?:\|.*\n)+)/gm)].map(([, rows = ""]) => rows),
  );
  const cells = tables.flatMap((rows) => [...rows.matchAll(/^\| ([^|]*) \|/gm)].map(([, cell = ""]) => cell));
  return new Set(cells.flatMap((cell) => [...cell.matchAll(/`([a-z][a-z0-9_]*)`/g)].map(([, name = ""]) => name)));
}
