import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { recordSection, requireSection } from "../bench/document.ts";
import { ResultsFile } from "../bench/results-file.ts";
import { cacheRoot, createProgress } from "../cluster/index.ts";
import { describeFailure } from "../demo/hinted.ts";
import { installOperator } from "../demo/operator.ts";
import { prepare } from "../demo/prepare.ts";
import { Stopwatch } from "../demo/stopwatch.ts";
import { waitReady } from "../e2e/support/platform.ts";
import { CLUSTER_NAME } from "../live/cluster.ts";
import { describeChaosMachine } from "./machine.ts";
import { findMembers } from "./members.ts";
import { openField } from "./open-field.ts";
import { CHAOS_PLATFORM, MANIFEST } from "./platform.ts";
import { reportChaos } from "./report.ts";
import type { ChaosResults } from "./results.ts";
import { runChaos } from "./run.ts";
import { SCENARIOS } from "./scenarios/index.ts";
import { SERVICE_SCENARIOS } from "./services/index.ts";
import { runServiceChaos } from "./services/run.ts";
import { readSettings } from "./settings.ts";
import { missed } from "./verdict.ts";

const SECTION = "chaos";
const PAGE = "chaos.md";
/** Each instance has a node of its own. */
const NODES = 3;

/** Makes faults on a platform of its own, and returns the exit code: 1 when a limit was not kept. */
async function main(): Promise<number> {
  const settings = readSettings(process.env, { scenarios: SCENARIOS, services: SERVICE_SCENARIOS });
  if (settings.record) await requireSection(SECTION, PAGE);
  const progress = createProgress();
  const { cluster, helm, images } = await prepare(progress, new Stopwatch(), NODES);
  const { kubectl, provider } = cluster;
  try {
    await progress.step("operator installed", () => installOperator(cluster, helm, images));
    await progress.step("platform Ready", async () => {
      await kubectl.apply(MANIFEST);
      await waitReady(kubectl, CHAOS_PLATFORM);
    });
    const field = openField(provider, kubectl, CLUSTER_NAME);
    const { primary } = await findMembers(kubectl, field.namespace);
    const heading = {
      began: new Date().toISOString(),
      machine: await describeChaosMachine(field, primary.pod),
      nodes: field.plan.nodes.length,
      instances: field.instances,
      operatorKilled: settings.operatorKilled,
    };
    const path = resultsPath(heading.began);
    const file = new ResultsFile(path);
    const { rounds, operatorKilled } = settings;
    const database = await runChaos(
      field,
      { ...settings, onRound: (found) => file.save({ ...heading, services: [], ...found }) },
      progress,
    );
    const services = await runServiceChaos(
      { kubectl },
      {
        scenarios: settings.services,
        rounds,
        operatorKilled,
        onRound: (found) => file.save({ ...heading, ...database, services: found }),
      },
      progress,
    );
    const results: ChaosResults = { ...heading, ...database, services };
    file.save(results);
    await file.saved();
    const page = reportChaos(results);
    process.stdout.write(`\n${page}\n\nraw results: ${path}\n`);
    if (settings.record) await recordSection(SECTION, page, results, PAGE);
    return missed(results).length === 0 ? 0 : 1;
  } finally {
    if (!settings.keep) await provider.down();
  }
}

function resultsPath(began: string): string {
  const folder = join(cacheRoot(), "chaos");
  mkdirSync(folder, { recursive: true });
  return join(folder, `${began.replaceAll(":", "-")}.json`);
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${describeFailure(error)}\n`);
  process.exitCode = 1;
}
