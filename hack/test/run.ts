import { formatSeconds } from "../cluster/embedded/progress.ts";
import { runCommand } from "./command.ts";
import { type Counts, FAILED, total } from "./counts.ts";
import { explain, type Preparation, type Stage } from "./stages.ts";

/** A preparation that failed, as a sentence with what it printed; undefined when it is done. */
type Prepared = Promise<string | undefined>;

interface Line {
  readonly name: string;
  readonly counts: Counts | undefined;
  readonly milliseconds: number;
}

/**
 * Runs the preparations beside each other, and the stages one after the other but for those that may run beside each
 * other, each as soon as what it needs is there. A stage that fails ends nothing: one run tells all that is wrong.
 */
export async function runStages(
  stages: readonly Stage[],
  preparations: readonly Preparation[],
  write: (text: string) => void,
): Promise<Counts> {
  const began = performance.now();
  const lines: Line[] = [];
  const prepared = new Map<string, Prepared>();
  for (const preparation of preparations) {
    if (!stages.some(({ needs }) => needs.includes(preparation.name))) continue;
    prepared.set(preparation.name, prepare(preparation, lines, write));
  }
  for (const group of groupsOf(stages)) {
    write(`\n▶ ${group.map(({ name }) => name).join(", ")}\n`);
    const runOne = async (stage: Stage): Promise<void> => {
      const problems = await problemsOf(stage, prepared);
      const stageBegan = performance.now();
      for (const problem of problems) write(`${problem}\n`);
      const counts = problems.length > 0 ? FAILED : await attempt(stage, group.length === 1, write);
      lines.push({ name: stage.name, counts, milliseconds: performance.now() - stageBegan });
      write(`${describe(lines.at(-1) as Line)}\n`);
    };
    await Promise.all(group.map(runOne));
  }
  await Promise.all(prepared.values());
  const counts = total(lines.flatMap(problemsNamed));
  write(`\n${lines.map(describe).join("\n")}\nall of it took ${formatSeconds(performance.now() - began)}\n\n`);
  for (const problem of counts.problems ?? []) write(`✗ ${problem}\n`);
  return counts;
}

/** Stages that run at once, in order. */
export function groupsOf(stages: readonly Stage[]): readonly (readonly Stage[])[] {
  const groups: Stage[][] = [];
  for (const stage of stages) {
    const last = groups.at(-1);
    if (stage.beside && last?.at(-1)?.beside === true) last.push(stage);
    else groups.push([stage]);
  }
  return groups;
}

/** A stage that is one check has nothing else to name than itself. */
function problemsNamed({ name, counts }: Line): readonly Counts[] {
  if (counts === undefined) return [];
  return counts.failed === 0 || counts.problems !== undefined
    ? [counts]
    : [{ ...counts, problems: [`the stage ${name}`] }];
}

async function problemsOf(stage: Stage, prepared: ReadonlyMap<string, Prepared>): Promise<readonly string[]> {
  const outcomes = await Promise.all(stage.needs.map(async (name) => prepared.get(name)));
  return outcomes.filter((problem) => problem !== undefined);
}

async function prepare({ name, command }: Preparation, lines: Line[], write: (text: string) => void): Prepared {
  const began = performance.now();
  try {
    const end = await runCommand(command, false);
    if (end.code !== 0) return `The preparation "${name}" failed:\n${explain(command, end)}`;
    lines.push({ name: `prepare ${name}`, counts: undefined, milliseconds: performance.now() - began });
    write(`${describe(lines.at(-1) as Line)}\n`);
    return undefined;
  } catch (error) {
    return `The preparation "${name}" failed: ${(error as Error).message}`;
  }
}

async function attempt(stage: Stage, stream: boolean, write: (text: string) => void): Promise<Counts> {
  try {
    return await stage.run(stream);
  } catch (error) {
    write(`${(error as Error).message}\n`);
    return FAILED;
  }
}

function describe({ name, counts, milliseconds }: Line): string {
  const mark = counts === undefined || counts.failed === 0 ? "✓" : "✗";
  const what = counts === undefined ? "" : `  ${counts.passed} passed, ${counts.failed} failed`;
  return `${mark} ${name.padEnd(20)} ${formatSeconds(milliseconds).padStart(7)}${what}`;
}
