import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCommand } from "./command.ts";
import { type Counts, FAILED } from "./counts.ts";
import { countsOfReport } from "./vitest-report.ts";

/**
 * Runs the tests of Vitest's projects of a name, which may hold a star, and counts them. Output is passed on as it comes (`stream`), or in one piece at
 * the end.
 */
export async function runVitest(projects: string, timeoutMs: number, stream: boolean): Promise<Counts> {
  const folder = await mkdtemp(join(tmpdir(), "vitest-report-"));
  const report = join(folder, "report.json");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  try {
    const { code, output, timedOut } = await runCommand(
      { program: "node_modules/.bin/vitest", args: ["run", "--project", projects, ...reporters], timeoutMs },
      stream,
    );
    process.stdout.write(output);
    if (timedOut) process.stdout.write(`The tests did not end within ${timeoutMs / 60_000} min.\n`);
    const text = await readFile(report, "utf8").catch(() => undefined);
    return text === undefined ? FAILED : countsOfReport(text, code);
  } finally {
    await rm(folder, { recursive: true });
  }
}
