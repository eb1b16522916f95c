import { writeFileSync } from "node:fs";
import { endAll } from "./command.ts";
import { summaryLine } from "./counts.ts";
import { runStages } from "./run.ts";
import { PREPARATIONS, STAGES } from "./stages.ts";

// `node hack/test/main.ts [stage…]`: all stages, or those named. The last line is "N passed, N failed".
const wanted = process.argv.slice(2);
const names = STAGES.map(({ name }) => name);
const unknown = wanted.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`There is no stage "${unknown.join('", "')}": choose among ${names.join(", ")}.\n`);
  process.exit(2);
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    endAll();
    process.exit(130);
  });
}

const stages = wanted.length === 0 ? STAGES : STAGES.filter(({ name }) => wanted.includes(name));
const counts = await runStages(stages, PREPARATIONS, (text) => process.stdout.write(text));
process.exitCode = counts.failed === 0 && counts.passed > 0 ? 0 : 1;

const { TEST_SUMMARY } = process.env;
if (TEST_SUMMARY === undefined || TEST_SUMMARY === "") process.stdout.write(`${summaryLine(counts)}\n`);
else writeFileSync(TEST_SUMMARY, `${summaryLine(counts)}\n`);
