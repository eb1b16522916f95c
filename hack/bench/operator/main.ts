import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { cacheRoot, createProgress } from "../../cluster/index.ts";
import { recordSection, requireSection } from "../document.ts";
import { summarizeProfiles } from "../profile.ts";
import { ResultsFile } from "../results-file.ts";
import { inTurn } from "../turns.ts";
import { buildPrograms, operatorCommand, type Programs, twinCommand } from "./commands.ts";
import { describeOperatorMachine } from "./machine.ts";
import { makeTemplate } from "./make-template.ts";
import { report } from "./report.ts";
import type { Results, Side, SideResult } from "./results.ts";
import { runRound } from "./round.ts";
import { readSettings, type Settings } from "./settings.ts";

/** Measures the operator against its twin on controller-runtime; see README.md. */
async function main(): Promise<void> {
  const settings = readSettings(process.env, join(cacheRoot(), "benchmarks"));
  if (settings.record) await requireSection(sectionOf(settings.platforms));
  const stop = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.once(name, () => stop.abort(new Error(`ended by ${name}; what was measured is in ${settings.results}`)));
  }
  const folder = await mkdtemp(join(tmpdir(), "profile-platform-bench-"));
  try {
    const results = await measure(settings, folder, stop.signal);
    process.stdout.write(`\n${report(results)}\n\nRaw results: ${settings.results}\n`);
    if (settings.profile !== undefined) process.stdout.write(`\n${await summarizeProfiles(settings.profile)}\n`);
    if (settings.record) await recordSection(sectionOf(settings.platforms), report(results), results);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function measure(settings: Settings, folder: string, signal: AbortSignal): Promise<Results> {
  const progress = createProgress();
  const logs = dirname(resolve(settings.results));
  await mkdir(logs, { recursive: true });
  const programs = await buildPrograms(progress);
  const machine = await describeOperatorMachine();
  const template = join(folder, "template.json");
  const objectsPerPlatform = await progress.step("what the operator applies of a platform", (note) =>
    makeTemplate({ programs, settings, file: template, logFile: join(folder, "template.log"), signal, note }),
  );
  const { platforms, concurrency, twinAtOnce, restSeconds, edits } = settings;
  let results: Results = {
    began: new Date().toISOString(),
    machine,
    settings: { platforms, objectsPerPlatform, concurrency, twinAtOnce, restSeconds, edits },
    rounds: [],
  };
  const file = new ResultsFile(settings.results);
  const onResult = (result: SideResult) => {
    results = { ...results, rounds: withResult(results.rounds, result) };
    file.save(results);
  };
  for (let round = 1; round <= settings.rounds; round++) {
    for (const side of inTurn(settings.sides, round)) {
      const command = commandOf(side, programs, template, settings);
      const logFile = join(logs, `${side}-${round}.log`);
      await rm(logFile, { force: true });
      const { chart } = programs;
      const shared = { settings, objectsPerPlatform, chart, progress, signal, onResult };
      try {
        await runRound({ ...shared, round, side, command, logFile });
      } finally {
        await file.saved();
      }
    }
  }
  return results;
}

/** Results of other numbers of platforms stand elsewhere. */
function sectionOf(platforms: number): string {
  return `operator-${platforms}`;
}

function commandOf(side: Side, { operator, twin }: Programs, template: string, settings: Settings) {
  return (kubeconfig: string) =>
    side === "operator"
      ? operatorCommand(operator, kubeconfig, settings)
      : twinCommand(twin, kubeconfig, template, settings);
}

function withResult(rounds: readonly SideResult[], result: SideResult): readonly SideResult[] {
  return [...rounds.filter(({ round, side }) => round !== result.round || side !== result.side), result];
}

try {
  await main();
} catch (error) {
  console.error(error);
  process.exitCode = 1;
}
