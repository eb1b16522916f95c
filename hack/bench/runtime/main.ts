import { mkdir, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { Issuer, makeKey, trust } from "@profile-platform/runtime/test/issuer";
import { type Services, startServices } from "@profile-platform/runtime/test/services";
import { run } from "../../cluster/embedded/command.ts";
import { cacheRoot, createProgress, type Progress } from "../../cluster/index.ts";
import { recordSection, requireSection } from "../document.ts";
import { summarizeProfiles } from "../profile.ts";
import { ResultsFile } from "../results-file.ts";
import { inTurn } from "../turns.ts";
import { Databases } from "./databases.ts";
import { describeRuntimeMachine } from "./machine.ts";
import { report } from "./report.ts";
import type { Results, SideResult } from "./results.ts";
import { readSettings, type Settings } from "./settings.ts";
import { buildPrograms, type Programs, serviceCommand } from "./sides.ts";
import { takeTurn } from "./turn.ts";

const SECTION = "runtime";
/** Whose requests they are: enough of them that what is kept of a single one does not matter. */
const SUBJECTS = 100;

/** Measures the profile service against its twins; see README.md. */
async function main(): Promise<void> {
  const settings = readSettings(process.env, join(cacheRoot(), "benchmarks"));
  if (settings.record) await requireSection(SECTION);
  const stop = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.once(name, () => stop.abort(new Error(`ended by ${name}; what was measured is in ${settings.results}`)));
  }
  const progress = createProgress();
  const programs = await buildPrograms(progress);
  const started = await progress.step("PostgreSQL, Redis and RabbitMQ", () => startServices());
  try {
    const results = await measure(settings, programs, started.services, progress, stop.signal);
    process.stdout.write(`\n${report(results)}\n\nRaw results: ${settings.results}\n`);
    if (settings.profile !== undefined) process.stdout.write(`\n${await summarizeProfiles(settings.profile)}\n`);
    if (settings.record) await recordSection(SECTION, report(results), results);
  } finally {
    await started.stop();
  }
}

async function measure(
  settings: Settings,
  programs: Programs,
  services: Services,
  progress: Progress,
  signal: AbortSignal,
): Promise<Results> {
  const logs = dirname(resolve(settings.results));
  await mkdir(logs, { recursive: true });
  const issuer = new Issuer("https://issuer.bench", await makeKey());
  const trusted = trust(issuer, join(services.directory, "jwks.json"));
  const databases = new Databases(services);
  await progress.step("profiles", () =>
    databases.prepare(async (database) => {
      const surroundings = { services, database, trust: trusted, port: 0, metricsPort: 0 };
      const { program, args, env } = serviceCommand(programs.services, "migrate", surroundings);
      await run(program, args, { env, signal });
    }),
  );
  const { seconds, connections, rate, tasksPerSecond } = settings;
  let results: Results = {
    began: new Date().toISOString(),
    machine: await describeRuntimeMachine(databases),
    settings: { seconds, connections, rate, tasksPerSecond },
    rounds: [],
  };
  const file = new ResultsFile(settings.results);
  const onResult = (result: SideResult) => {
    results = { ...results, rounds: withResult(results.rounds, result) };
    file.save(results);
  };
  const tokens = () =>
    Promise.all(Array.from({ length: SUBJECTS }, (_, i) => issuer.token({ subject: `subject ${i}` })));
  const shared = { settings, programs, services, databases, trust: trusted, tokens, progress, signal, onResult };
  for (let round = 1; round <= settings.rounds; round++) {
    for (const side of inTurn(settings.sides, round)) {
      // One line a request is too much to keep of all rounds.
      const logFile = join(logs, `runtime-${side}.log`);
      await rm(logFile, { force: true });
      try {
        await takeTurn({ ...shared, round, side, logFile });
      } finally {
        await file.saved();
      }
    }
  }
  return results;
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
