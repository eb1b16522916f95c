import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, expect, test } from "vitest";
import { until } from "./instance.ts";

let directory: string | undefined;
afterEach(() => {
  if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
});

/** A run that starts what outlives it: a program in a group of its own, which starts another one. */
const run = (path: string): string => `
  import { spawn } from "node:child_process";
  import { reapWithThisProcess } from ${JSON.stringify(new URL("reap.ts", import.meta.url).href)};
  reapWithThisProcess(${JSON.stringify(path)});
  const child = spawn("sh", ["-c", "sleep 1000 & sleep 1000"], {
    cwd: ${JSON.stringify(join(path, "service"))}, detached: true, stdio: "ignore",
  });
  child.unref();
  console.log(child.pid);
  setInterval(() => undefined, 1_000);
`;

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test.each(["SIGKILL", "SIGINT"] as const)(
  "what a run has started ends with it, though %s ends that",
  async (signal) => {
    directory = mkdtempSync(join(tmpdir(), "profile-platform-"));
    const path = directory;
    mkdirSync(join(path, "service"));
    const bystander = spawn("sleep", ["1000"], { cwd: tmpdir(), stdio: "ignore" });
    const runner = spawn(process.execPath, ["--input-type=module", "-e", run(path)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [line] = (await once(createInterface({ input: runner.stdout }), "line")) as [string];
    const pid = Number(line);
    expect(exists(pid)).toBe(true);
    const ended = once(runner, "exit");
    runner.kill(signal);
    await ended;
    await until("the end of what it started", async () => !exists(pid));
    await until("the end of its folder", async () => !existsSync(path));
    expect(bystander.exitCode ?? bystander.signalCode).toBeNull();
    bystander.kill();
  },
);
