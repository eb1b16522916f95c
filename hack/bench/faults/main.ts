import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { wholeNumber } from "../../live/numbers.ts";
import { runCommand } from "../../test/command.ts";
import { recordSection, requireSection } from "../document.ts";
import { describeOperatorMachine } from "../operator/machine.ts";
import { yes } from "../settings.ts";
import { type FaultFigures, reportFaults } from "./report.ts";

const NAME = "faults";
const FILES = ["faults-answers", "faults-connections", "faults-events"];
const TIME_LIMIT_MS = 60 * 60_000;

/**
 * Measures how soon changes are put right under each fault between operator and API server, with the tests of the
 * faults: here the 99th percentiles are held against the limit itself, and recorded.
 */
async function main(): Promise<number> {
  const rounds = wholeNumber("ROUNDS", process.env["ROUNDS"], { fallback: 10, most: 1_000 });
  const record = yes("RECORD", process.env["RECORD"]);
  if (record) await requireSection(NAME);
  const folder = await mkdtemp(join(tmpdir(), "profile-platform-faults-"));
  const file = join(folder, "figures.jsonl");
  process.env["FAULT_FIGURES"] = file;
  process.env["FAULT_ROUNDS"] = String(rounds);
  try {
    const began = new Date().toISOString();
    const args = ["run", "--project", "robustness-measured", ...FILES];
    const { code } = await runCommand({ program: "node_modules/.bin/vitest", args, timeoutMs: TIME_LIMIT_MS }, true);
    const figures = (await readFile(file, "utf8"))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as FaultFigures);
    const results = { began, machine: await describeOperatorMachine(), rounds, figures };
    const page = reportFaults(results);
    process.stdout.write(`\n${page}\n`);
    if (record) await recordSection(NAME, page, results);
    return code;
  } finally {
    await rm(folder, { recursive: true });
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error);
  process.exitCode = 1;
}
