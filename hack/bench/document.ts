import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

const DOCS = join(import.meta.dirname, "../../docs");
const BENCHMARKS = "benchmarks.md";

/** Throws when a page of docs has no place for a section: before anything is measured. */
export async function requireSection(name: string, page = BENCHMARKS): Promise<void> {
  withSection(await readFile(join(DOCS, page), "utf8"), name, "", page);
}

/** Puts a section into a page of docs in place of the former one, and raw results into docs/benchmarks. */
export async function recordSection(name: string, section: string, results: unknown, page = BENCHMARKS): Promise<void> {
  const folder = join(DOCS, "benchmarks");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${name}.generated.json`), `${JSON.stringify(results, undefined, 2)}\n`);
  const path = join(DOCS, page);
  await writeFile(path, withSection(await readFile(path, "utf8"), name, section, page));
}

/** Replaces what stands between the two marks of a name; throws when they are not there. */
export function withSection(text: string, name: string, content: string, page = BENCHMARKS): string {
  const [begin, end] = [`<!-- begin ${name} -->`, `<!-- end ${name} -->`];
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from)
    throw new Error(`docs/${page} has no place for these results: add "${begin}" and "${end}"`);
  return `${text.slice(0, from + begin.length)}\n${content}\n${text.slice(to)}`;
}
