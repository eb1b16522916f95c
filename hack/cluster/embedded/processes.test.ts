import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { identify, isRunning } from "./process-identity.ts";
import { findProcess, lastWords, recordedProcesses, startProcess, stopProcesses } from "./processes.ts";
import { waitFor } from "./wait.ts";

let dir: string;
const folders = () => ({ logs: join(dir, "logs"), processes: join(dir, "processes") });
const sleeper = { name: "sleeper", program: "sleep", args: ["60"] };

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "processes-"));
});

afterEach(async () => {
  await stopProcesses(recordedProcesses(folders()), folders(), 1_000);
  rmSync(dir, { recursive: true });
});

it("starts a process once", () => {
  const first = startProcess(sleeper, folders());
  expect(startProcess(sleeper, folders())).toEqual(first);
  expect(recordedProcesses(folders())).toEqual(["sleeper"]);
});

it("stops what it started, and starts it anew afterwards", async () => {
  const first = startProcess(sleeper, folders());
  await stopProcesses(["sleeper"], folders(), 1_000);
  expect(isRunning(first)).toBe(false);
  expect(startProcess(sleeper, folders()).pid).not.toBe(first.pid);
});

it("kills what does not listen to SIGTERM", async () => {
  const stubborn = {
    name: "stubborn",
    program: "sh",
    args: ["-c", "trap '' TERM; echo ready; while :; do sleep 1; done"],
  };
  const identity = startProcess(stubborn, folders());
  const log = join(dir, "logs", "stubborn.log");
  const listening = async () => (readFileSync(log, "utf8").includes("ready") ? undefined : "the trap is not set");
  await waitFor("the trap", listening, { timeout: 5_000 });
  await stopProcesses(["stubborn"], folders(), 100);
  expect(isRunning(identity)).toBe(false);
});

it("takes a process along when whoever started it is killed, if it is to", async () => {
  const module = JSON.stringify(new URL("./processes.ts", import.meta.url).href);
  const spec = (name: string, more: object) => JSON.stringify({ ...sleeper, name, ...more });
  const start = `import { startProcess } from ${module};
    for (const spec of [${spec("tied", { endsWithParent: true })}, ${spec("free", {})}])
      startProcess(spec, ${JSON.stringify(folders())});
    console.log("started");
    setInterval(() => undefined, 1000);`;
  const parent = spawn(process.execPath, ["--input-type=module-typescript", "--eval", start], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(parent.stdout, "data");
  expect(findProcess("tied", folders())).toBeDefined();
  parent.kill("SIGKILL");
  const gone = async () => (findProcess("tied", folders()) === undefined ? undefined : "it runs");
  await waitFor("the end of what was tied to its parent", gone, { timeout: 5_000 });
  expect(findProcess("free", folders())).toBeDefined();
}, 15_000);

it("leaves a process alone that merely has the number of a recorded one", async () => {
  startProcess(sleeper, folders());
  const record = join(dir, "processes", "sleeper.json");
  const original = readFileSync(record, "utf8");
  const identity = identify((JSON.parse(original) as { pid: number }).pid);
  writeFileSync(record, JSON.stringify({ ...identity, startTicks: "1" }));
  await stopProcesses(["sleeper"], folders(), 100);
  expect(identity && isRunning(identity)).toBe(true);
  expect(findProcess("sleeper", folders())).toBeUndefined();
  writeFileSync(record, original);
});

it("quotes the last words of a process that ends while it is needed", async () => {
  startProcess({ name: "failing", program: "sh", args: ["-c", "echo no such flag >&2; exit 1"] }, folders());
  const never = async () => "it does not answer";
  const waiting = waitFor("its answer", never, {
    timeout: 10_000,
    processes: { names: ["failing"], folders: folders() },
  });
  await expect(waiting).rejects.toThrow("no such flag");
  expect(lastWords("failing", folders())).toBe("no such flag");
});
