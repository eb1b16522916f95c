import { setTimeout as sleep } from "node:timers/promises";
import type { Progress } from "../../cluster/index.ts";
import { monotonicMs } from "../../e2e/support/monotonic-clock.ts";
import { waitReady } from "../../e2e/support/platform.ts";
import { ProfileApi } from "../../e2e/support/profile-api.ts";
import { longestGap } from "../check/write-gap.ts";
import { killOperator } from "../faults/kill-operator.ts";
import { CHAOS_PLATFORM, SERVER_NAMESPACE, SERVICES_MANIFEST } from "../platform.ts";
import { openServices, type ServiceField } from "./field.ts";
import type { ServiceRound, ServiceScenarioResults } from "./results.ts";
import type { ServiceScenario } from "./scenario.ts";

export interface ServiceRun {
  readonly scenarios: readonly ServiceScenario[];
  readonly rounds: number;
  readonly operatorKilled: boolean;
  /** Told after each round. */
  readonly onRound?: (results: readonly ServiceScenarioResults[]) => void;
}

/** Milliseconds of undisturbed writes before a fault, and after it. */
const STEADY_MS = 2_000;

/** Gives the platform three of everything, and has each scenario happen so many times. */
export async function runServiceChaos(
  { kubectl }: Pick<ServiceField, "kubectl">,
  { scenarios, rounds, operatorKilled, onRound }: ServiceRun,
  progress: Progress,
): Promise<readonly ServiceScenarioResults[]> {
  if (scenarios.length === 0) return [];
  const field = openServices(kubectl);
  await progress.step("three of Redis and of RabbitMQ", async () => {
    await kubectl.apply(SERVICES_MANIFEST);
    await waitReady(kubectl, CHAOS_PLATFORM, 300_000);
  });
  const results = new Map<ServiceScenario, ServiceRound[]>();
  const soFar = () => [...results].map(([{ name, what, limits }, done]) => ({ name, what, limits, rounds: [...done] }));
  for (const scenario of scenarios) {
    const done: ServiceRound[] = [];
    results.set(scenario, done);
    for (let number = 1; number <= rounds; number += 1) {
      await progress.step(`${scenario.name} ${number}/${rounds}`, async (note) => {
        const round = await runRound(field, scenario, operatorKilled);
        done.push(round);
        note(describeRound(round));
      });
      onRound?.(soFar());
    }
  }
  return soFar();
}

async function runRound(
  field: ServiceField,
  scenario: ServiceScenario,
  operatorKilled: boolean,
): Promise<ServiceRound> {
  const { kubectl } = field;
  await scenario.whole(field);
  const writers = await scenario.write(await ProfileApi.throughNodePort(kubectl, SERVER_NAMESPACE));
  await sleep(STEADY_MS);

  const began = new Date().toISOString();
  const from = monotonicMs();
  await Promise.all([scenario.strike(field), operatorKilled ? killOperator(kubectl) : undefined]);
  await scenario.whole(field);
  const redundancyMs = Math.round(monotonicMs() - from);
  // A gap that goes on is no shorter for every member being whole.
  await sleep(STEADY_MS);
  const until = monotonicMs();

  const { acknowledgedAt, wrong } = await writers.stop();
  return {
    began,
    gapMs: Math.round(longestGap(acknowledgedAt, { from, until })),
    redundancyMs,
    acknowledged: acknowledgedAt.length,
    wrong,
  };
}

function describeRound({ gapMs, redundancyMs, acknowledged, wrong }: ServiceRound): string {
  const seconds = (value: number) => `${(value / 1000).toFixed(1)} s`;
  const gap = `write gap ${seconds(gapMs)}, whole after ${seconds(redundancyMs)}`;
  return `${gap}, ${acknowledged} acknowledged, ${wrong.length} wrong`;
}
