import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Schemathesis } from "./install.ts";
import { writePictures } from "./pictures.ts";
import type { FuzzSettings } from "./settings.ts";

/** Where the API answers, and a token that is valid for as long as the run takes. */
export interface FuzzTarget {
  readonly url: string;
  /** Of an admin. */
  readonly token: string;
}

export interface SchemathesisRun {
  /** 0: nothing found; 1: something found; 2: it could not do its work; -1: it was ended. */
  readonly code: number;
  readonly output: string;
  /** Path of the report: a line of JSON for each event. */
  readonly report: string;
}

const CONFIG = fileURLToPath(new URL("./schemathesis.toml", import.meta.url));
const HOOKS = fileURLToPath(new URL("./hooks.py", import.meta.url));

/** Seconds that a run may take which ends by itself. */
const LONGEST = 900;

/** How much longer than its own limit it may take, in seconds: for a request that is under way, and its report. */
const GRACE = 60;

/** Seconds after which a run has ended in any case. */
export function longestRun({ seconds = LONGEST }: Pick<FuzzSettings, "seconds">): number {
  return seconds + GRACE;
}

/** Of requests that go on with what others have made, one needs several before it. */
const SCENARIOS_PER_EXAMPLE = 3;

/** How many requests there may be, in the words of its configuration. */
function limitsOf(examples: number): string {
  const scenarios = SCENARIOS_PER_EXAMPLE * examples;
  return `
[phases.fuzzing.generation]
max-examples = ${examples}

[phases.stateful.generation]
mode = "positive"
max-examples = ${scenarios}
`;
}

/** Runs it to its end, with whatever it writes in `folder`. The token goes by the environment, and is in no output. */
export async function runSchemathesis(
  { python, packages }: Schemathesis,
  { url, token }: FuzzTarget,
  document: object,
  settings: FuzzSettings,
  folder: string,
): Promise<SchemathesisRun> {
  const report = join(folder, "report.ndjson");
  const pictures = join(folder, "pictures");
  await writePictures(pictures);
  const home = join(folder, "home");
  mkdirSync(home);
  const { seed, examples, seconds } = settings;
  const config = join(folder, "schemathesis.toml");
  writeFileSync(config, readFileSync(CONFIG, "utf8") + limitsOf(examples));
  // From its address, the operation that gives it would be left out.
  const description = join(folder, "openapi.json");
  writeFileSync(description, JSON.stringify(document));
  const base = ["-m", "schemathesis.cli", "--config-file", config, "run", description, "--url", url, "--no-color"];
  const limit = seconds === undefined ? [] : ["--max-time", String(seconds)];
  const args = [...base, "--seed", String(seed), "--report-ndjson-path", report, ...limit];
  const child = spawn(python, args, {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    timeout: longestRun(settings) * 1000,
    killSignal: "SIGKILL",
    // Nothing else of this process's environment: neither secrets nor a proxy that requests would go through.
    env: {
      PATH: process.env["PATH"],
      HOME: home,
      LANG: "C.UTF-8",
      NO_PROXY: "*",
      PYTHONPATH: packages,
      PYTHONNOUSERSITE: "1",
      PYTHONSAFEPATH: "1",
      PYTHONDONTWRITEBYTECODE: "1",
      FUZZ_TOKEN: token,
      FUZZ_HOOKS: HOOKS,
      FUZZ_PICTURES: pictures,
    },
  });
  const parts: Buffer[] = [];
  child.stdout.on("data", (part: Buffer) => parts.push(part));
  child.stderr.on("data", (part: Buffer) => parts.push(part));
  const code = await new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? -1));
  });
  return { code, output: Buffer.concat(parts).toString(), report };
}
