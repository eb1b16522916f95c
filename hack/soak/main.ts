import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheRoot } from "../cluster/embedded/paths.ts";
import { failures, render } from "./figures.ts";
import { soak } from "./run.ts";
import { soakSettings } from "./settings.ts";

const REST_SECONDS = 60;

// MINUTES, PLATFORMS and SEED, by `make soak`.
const { minutes, platforms, seed } = soakSettings(process.env, () => 1 + Math.floor(Math.random() * 1_000_000));
const started = performance.now();
const say = (text: string): void => {
  process.stdout.write(`${String(Math.round((performance.now() - started) / 1000)).padStart(5)} s  ${text}\n`);
};

const report = await soak({ seed, minutes, platforms, restSeconds: REST_SECONDS, say });
const folder = join(cacheRoot(), "soak");
const file = join(folder, `${new Date().toISOString().replaceAll(":", "-")}-seed-${seed}.json`);
mkdirSync(folder, { recursive: true });
writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
const failed = failures(report);
process.stdout.write(`\n${render(report)}\n\n${file}\n`);
for (const sentence of failed) process.stdout.write(`FAILED: ${sentence}\n`);
if (failed.length > 0) process.stdout.write(`To see it again: make soak MINUTES=${minutes} SEED=${seed}\n`);
process.exitCode = failed.length > 0 ? 1 : 0;
