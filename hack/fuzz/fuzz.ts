import { createReadStream, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { cleanUp } from "./clean-up.ts";
import type { Schemathesis } from "./install.ts";
import { type Document, operationsOf } from "./operations.ts";
import { type FuzzTarget, runSchemathesis, type SchemathesisRun } from "./schemathesis.ts";
import type { FuzzSettings } from "./settings.ts";
import { type Tally, tallyReport } from "./tally.ts";
import { shortcomings } from "./verdict.ts";

export interface FuzzOutcome {
  readonly tally: Tally;
  /** Sentences; none when everything is as it should be. */
  readonly problems: readonly string[];
  /** What schemathesis wrote, with a command for each request that something is wrong with. */
  readonly output: string;
}

/** Requests of each operation that a run has to have made, for each that it was allowed. */
const LEAST_SHARE = 0.5;

/**
 * Has schemathesis make requests out of the OpenAPI document of a running API, and check the answers against it. What
 * these have made is taken away again.
 *
 * @throws Error when there is no document, or schemathesis cannot be run
 */
export async function fuzz(
  schemathesis: Schemathesis,
  target: FuzzTarget,
  settings: FuzzSettings,
): Promise<FuzzOutcome> {
  const document = await documentOf(target);
  const operations = operationsOf(document);
  const folder = mkdtempSync(join(tmpdir(), "profile-platform-fuzz-"));
  try {
    const run = await runSchemathesis(schemathesis, target, document, settings, folder);
    const tally = await tallyReport(linesOf(run));
    const left = await cleanUp(target, tally.created);
    const least = Math.ceil(LEAST_SHARE * settings.examples);
    const problems = [...endOf(run), ...shortcomings(tally, { operations, least })];
    if (left > 0) problems.push(`${left} of the profiles and tasks that were made could not be taken away again`);
    return { tally, problems, output: run.output };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function documentOf({ url }: FuzzTarget): Promise<Document> {
  const response = await fetch(`${url}/openapi.json`);
  if (!response.ok) throw new Error(`GET /openapi.json was answered with ${response.status}, not with a document`);
  return (await response.json()) as Document;
}

function linesOf({ report }: SchemathesisRun): AsyncIterable<string> | Iterable<string> {
  return existsSync(report) ? createInterface({ input: createReadStream(report) }) : [];
}

function endOf({ code }: SchemathesisRun): readonly string[] {
  if (code === 0) return [];
  if (code === 1) return ["schemathesis found answers that are not as the OpenAPI document has them"];
  return [
    code === -1 ? "schemathesis did not end in time" : `schemathesis could not do its work, and ended with ${code}`,
  ];
}
