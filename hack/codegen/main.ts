import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { serverDocument } from "@profile-platform/runtime/openapi";
import { renderOpenapi } from "./openapi.ts";
import { generate, type Output, SOURCE_FOLDER } from "./outputs.ts";
import { formatProblem } from "./problems.ts";
import type { SourceText } from "./source.ts";

const ROOT = join(import.meta.dirname, "../..");

/** Writes what is generated from the types and schemas, or with `--check` says which files are not what would be written. */
async function main(): Promise<number> {
  const { values } = parseArgs({ options: { check: { type: "boolean", default: false } } });
  const { outputs: ofTypes, problems } = generate(await readSources());
  if (problems.length > 0) {
    for (const problem of problems) console.error(formatProblem(problem));
    console.error(`${problems.length} ${problems.length === 1 ? "problem" : "problems"}; nothing was written`);
    return 1;
  }
  const outputs = [...ofTypes, renderOpenapi(serverDocument)];
  const stale = await staleOf(outputs);
  if (values.check) {
    for (const { path } of stale) console.error(`${path} is not what its sources make of it`);
    if (stale.length > 0) console.error("run `make generate` and commit the result");
    return stale.length > 0 ? 1 : 0;
  }
  for (const { path, text } of stale) {
    await mkdir(dirname(join(ROOT, path)), { recursive: true });
    await writeFile(join(ROOT, path), text);
    console.log(`wrote ${path}`);
  }
  if (stale.length === 0) console.log(`all ${outputs.length} generated files are up to date`);
  return 0;
}

async function readSources(): Promise<readonly SourceText[]> {
  const names = await readdir(join(ROOT, SOURCE_FOLDER));
  const sources = names.filter((name) => name.endsWith(".ts") && !/\.(generated|test)\.ts$/.test(name)).sort();
  return Promise.all(
    sources.map(async (name) => {
      const path = `${SOURCE_FOLDER}/${name}`;
      return { path, text: await readFile(join(ROOT, path), "utf8") };
    }),
  );
}

/** Outputs whose files are missing or say something else. */
async function staleOf(outputs: readonly Output[]): Promise<readonly Output[]> {
  const texts = await Promise.all(outputs.map(({ path }) => readIfThere(join(ROOT, path))));
  return outputs.filter(({ text }, index) => texts[index] !== text);
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new Error(`while reading ${path}`, { cause: error });
  }
}

process.exitCode = await main();
