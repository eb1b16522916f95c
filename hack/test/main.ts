import { writeFileSync } from "node:fs";
import { endAll } from "./command.ts";
import { summaryLine } from "./counts.ts";
import { runStages } from "./run.ts";
import { chooseStages, PREPARATIONS, type Stage } from "./stages.ts";

// `node hack/test/main.ts (suite | stage)…`. The last line is "N passed, N failed".
let stages: readonly Stage[];
try {
  stages = chooseStages(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exit(2);
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    endAll();
    process.exit(130);
  });
}

const counts = await runStages(stages, PREPARATIONS, (text) => process.stdout.write(text));
process.exitCode = counts.failed === 0 && counts.passed > 0 ? 0 : 1;

const { TEST_SUMMARY } = process.env;
if (TEST_SUMMARY === undefined || TEST_SUMMARY === "") process.stdout.write(`${summaryLine(counts)}\n`);
else writeFileSync(TEST_SUMMARY, `${summaryLine(counts)}\n`);
