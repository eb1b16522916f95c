import type { Progress } from "../cluster/index.ts";
import { lostWrites } from "./check/lost-writes.ts";
import { connectionOf, foundRows, makeTable } from "./database.ts";
import type { Field } from "./field.ts";
import { Ledger } from "./ledger.ts";
import { letWritersIn } from "./let-writers-in.ts";
import { untilWhole } from "./redundancy.ts";
import type { ChaosResults, Round } from "./results.ts";
import { runRound } from "./round.ts";
import type { Scenario } from "./scenario.ts";
import { startWriters } from "./writer/start.ts";

export interface ChaosRun {
  readonly scenarios: readonly Scenario[];
  readonly rounds: number;
  readonly operatorKilled: boolean;
  /** Told after each round. */
  readonly onRound?: (results: Pick<ChaosResults, "scenarios" | "lostInTheEnd">) => void;
}

const WHOLE_TIMEOUT_MS = 300_000;

/** Runs scenarios on a platform that is Ready, with writers from the first to the last of them. */
export async function runChaos(
  place: Omit<Field, "ledger">,
  { scenarios, rounds, operatorKilled, onRound }: ChaosRun,
  progress: Progress,
): Promise<Pick<ChaosResults, "scenarios" | "lostInTheEnd">> {
  if (scenarios.length === 0) return { scenarios: [], lostInTheEnd: [] };
  const field: Field = { ...place, ledger: new Ledger() };
  const { ledger, plan, instances } = field;
  const whole = () => untilWhole(field, instances, WHOLE_TIMEOUT_MS);
  const connection = await connectionOf(field);
  const { database, user } = connection;
  await letWritersIn(field);
  await makeTable(field, (await whole()).primary.pod, user, database);
  const writers = startWriters(plan.nodes, connection, ledger);
  try {
    const results = new Map<Scenario, Round[]>();
    const soFar = () =>
      [...results].map(([{ name, what, limits }, done]) => ({ name, what, limits, rounds: [...done] }));
    for (const scenario of scenarios) {
      const done: Round[] = [];
      results.set(scenario, done);
      for (let number = 1; number <= rounds; number += 1) {
        await progress.step(`${scenario.name} ${number}/${rounds}`, async (note) => {
          const round = await runRound(field, scenario, { database, operatorKilled });
          done.push(round);
          note(describeRound(round));
        });
        onRound?.({ scenarios: soFar(), lostInTheEnd: [] });
      }
    }
    const { primary } = await whole();
    const writes = ledger.since(0);
    const lostInTheEnd = lostWrites(writes, await foundRows(field, primary.pod, database, writes));
    return { scenarios: soFar(), lostInTheEnd };
  } finally {
    await writers.stop();
  }
}

function describeRound({ gapMs, redundancyMs, acknowledged, lost, acceptedByFormer, lateByFormer }: Round): string {
  const seconds = (value: number) => `${(value / 1000).toFixed(1)} s`;
  const words = [
    `write gap ${seconds(gapMs)}`,
    `whole after ${seconds(redundancyMs)}`,
    `${acknowledged} acknowledged, ${lost.length} lost`,
  ];
  if (acceptedByFormer.length > 0) words.push(`${acceptedByFormer.length} taken by a second primary`);
  if (lateByFormer.length > 0) words.push(`${lateByFormer.length} acknowledged late`);
  return words.join(", ");
}
