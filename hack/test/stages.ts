import { type Command, type CommandEnd, runCommand } from "./command.ts";
import { type Counts, FAILED, PASSED } from "./counts.ts";
import { runVitest } from "./vitest.ts";

const MINUTE_MS = 60_000;

/** Slow work that later stages need: started at once, beside the stages that do not. */
export interface Preparation {
  readonly name: string;
  readonly command: Command;
}

export interface Stage {
  readonly name: string;
  /** Names of preparations. */
  readonly needs: readonly string[];
  /** Runs beside the stages next to it that do so too: they mostly wait, and for different things. */
  readonly beside: boolean;
  /** `stream`: nothing else writes at the same time, so that output may be passed on as it comes. */
  run(stream: boolean): Promise<Counts>;
}

export const PREPARATIONS: readonly Preparation[] = [
  { name: "kubernetes", command: script("hack/test/prepare-kubernetes.ts", [], 20) },
  { name: "images", command: script("hack/images/main.ts", ["build"], 20) },
  { name: "helm", command: script("hack/helm/main.ts", [], 15) },
];

/** What every change has to pass. What fails fastest stands first; what needs most stands last. */
const BASIC: readonly Stage[] = [
  check("generated code", script("hack/codegen/main.ts", ["--check"], 5)),
  check("format", binary("biome", ["check", "."], 5)),
  check("lint", binary("oxlint", ["--type-aware", "--deny-warnings"], 5)),
  check("types", binary("tsc", ["-b"], 10)),
  tests("unit", [], 10),
  beside(tests("service", [], 15)),
  beside(tests("chart", ["helm"], 10)),
  beside(tests("control-plane", ["kubernetes"], 20)),
  tests("cluster", ["kubernetes", "images", "helm"], 30),
];

/** The operator under crashes and faults, field by field and write by write; the services under the same. */
const ROBUSTNESS: readonly Stage[] = [
  tests("robustness-control-plane", ["kubernetes", "helm"], 30),
  // By itself: it measures how soon changes are answered.
  tests("robustness-measured", ["kubernetes", "helm"], 25),
  // Of the services, what measures comes last, one file at a time.
  tests("robustness-service", [], 30, "robustness-service*"),
  // By itself: on a machine that has too much to do, those who wait for an answer of Redis give up.
  tests("robustness-cluster", ["kubernetes", "images", "helm"], 30),
];

export const SUITES: Readonly<Record<string, readonly Stage[]>> = { basic: BASIC, robustness: ROBUSTNESS };

/** The stages that are named, by their own names or those of suites, in their order. Throws a sentence otherwise. */
export function chooseStages(names: readonly string[]): readonly Stage[] {
  const all = Object.values(SUITES).flat();
  const chosen = names.flatMap((name) => {
    const found = SUITES[name] ?? all.filter((stage) => stage.name === name);
    if (found.length > 0) return found;
    const known = [...Object.keys(SUITES), ...all.map((stage) => stage.name)];
    throw new Error(`There is no suite or stage "${name}": choose among ${known.join(", ")}.`);
  });
  return all.filter((stage) => chosen.includes(stage));
}

function check(name: string, command: Command): Stage {
  const run = async () => {
    const end = await runCommand(command, false);
    if (end.code === 0) return PASSED;
    process.stdout.write(explain(command, end));
    return FAILED;
  };
  return { name, needs: [], beside: false, run };
}

function beside(stage: Stage): Stage {
  return { ...stage, beside: true };
}

/** `projects`: of Vitest, those of a name, which may hold a star. */
function tests(name: string, needs: readonly string[], minutes: number, projects = name): Stage {
  return { name, needs, beside: false, run: (stream) => runVitest(projects, minutes * MINUTE_MS, stream) };
}

/** What a failed command printed, and how to run it alone. */
export function explain({ program, args, timeoutMs }: Command, { output, timedOut }: CommandEnd): string {
  const again = [program.replace(/.*node_modules\/\.bin\//, "npx "), ...args].join(" ");
  const limit = timedOut ? `It did not end within ${timeoutMs / MINUTE_MS} min.\n` : "";
  return `${output.trimEnd()}\n${limit}To run it alone: ${again}\n`;
}

function script(file: string, args: readonly string[], minutes: number): Command {
  return binary("node", [file, ...args], minutes);
}

function binary(name: string, args: readonly string[], minutes: number): Command {
  return { program: `node_modules/.bin/${name}`, args, timeoutMs: minutes * MINUTE_MS };
}
