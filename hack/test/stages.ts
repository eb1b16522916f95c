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

/** What fails fastest stands first; what needs most stands last. */
export const STAGES: readonly Stage[] = [
  check("generated code", script("hack/codegen/main.ts", ["--check"], 5)),
  check("format", binary("biome", ["check", "."], 5)),
  check("lint", binary("oxlint", ["--type-aware", "--deny-warnings"], 5)),
  check("types", binary("tsc", ["-b"], 10)),
  tests("unit", [], 10),
  beside(tests("service", [], 15)),
  beside(tests("chart", ["helm"], 10)),
  // Alone: it measures how soon changes are answered.
  tests("control-plane", ["kubernetes"], 30, "control-plane*"),
  tests("cluster", ["kubernetes", "images", "helm"], 40),
];

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

/** `projects`: those of Vitest, a star for anything; default: the one of the name. */
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
