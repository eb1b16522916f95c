import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

const DOCS = join(import.meta.dirname, "../../docs");
const PAGE = join(DOCS, "benchmarks.md");

/** Throws when docs/benchmarks.md has no place for a section: before anything is measured. */
export async function requireSection(name: string): Promise<void> {
  withSection(await readFile(PAGE, "utf8"), name, "");
}

/** Puts a section into docs/benchmarks.md in place of the former one, and raw results beside. */
export async function recordSection(name: string, section: string, results: unknown): Promise<void> {
  const folder = join(DOCS, "benchmarks");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${name}.generated.json`), `${JSON.stringify(results, undefined, 2)}\n`);
  await writeFile(PAGE, withSection(await readFile(PAGE, "utf8"), name, section));
}

/** Replaces what stands between the two marks of a name; throws when they are not there. */
export function withSection(page: string, name: string, content: string): string {
  const [begin, end] = [`<!-- begin ${name} -->`, `<!-- end ${name} -->`];
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from < 0 || to < from)
    throw new Error(`docs/benchmarks.md has no place for these results: add "${begin}" and "${end}"`);
  return `${page.slice(0, from + begin.length)}\n${content}\n${page.slice(to)}`;
}
