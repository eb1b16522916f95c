import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { isRunning } from "../cluster/embedded/process-identity.ts";
import { eventually } from "../e2e/support/eventually.ts";
import { HotService } from "./hot-service.ts";
import { launch, type Running } from "./launch.ts";
import { endLeftovers, recordProcesses } from "./leftovers.ts";

let folder = "";
const started: Running[] = [];
const lines: string[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dev-service-"));
  lines.length = 0;
});
afterEach(() => {
  for (const running of started.splice(0)) running.kill();
  rmSync(folder, { recursive: true });
});

/** A program that ends in good order, in a moment, or that is deaf to it. */
function start(script: string, stopWithin = 5_000): Running {
  const program = { name: "program", program: process.execPath, args: ["-e", script], cwd: folder, env: {} };
  const running = launch({ ...program, stopSignal: "SIGTERM", stopWithin }, (line) => lines.push(line));
  started.push(running);
  return running;
}

const POLITE = `
  process.on("SIGTERM", () => setTimeout(() => { console.log("ended"); process.exit(); }, 50));
  setInterval(() => {}, 1000);
  console.log("started");`;
const DEAF = `process.on("SIGTERM", () => {}); setInterval(() => {}, 1000); console.log("started");`;

function said(...expected: readonly string[]): Promise<true> {
  const look = async () => (lines.join() === expected.join() ? (true as const) : undefined);
  return eventually(look, { what: `it said ${expected.join(", ")}`, timeoutMs: 10_000, everyMs: 10 });
}

describe("a service", () => {
  test("ends in good order before it starts again, one after the other", async () => {
    const service = new HotService({ start: () => start(POLITE), say: (sentence) => lines.push(sentence) });
    service.start();
    await said("started");
    service.restart();
    service.restart();
    await said("started", "ended", "started");
    await service.stop();
    expect(lines).toEqual(["started", "ended", "started", "ended"]);
    expect(started.map(({ identity }) => isRunning(identity))).toEqual([false, false]);
  });

  test("that has ended by itself says so, and starts with the next change", async () => {
    const scripts = ["process.exit(3)", POLITE];
    const service = new HotService({
      start: () => start(scripts.shift() ?? ""),
      say: (sentence) => lines.push(sentence),
    });
    service.start();
    await said("it has ended with code 3: the next change of a file starts it again");
    service.restart();
    await eventually(async () => lines[1], { what: "it started", timeoutMs: 10_000, everyMs: 10 });
    await service.stop();
    expect(lines.slice(1)).toEqual(["started", "ended"]);
  });

  test("that is deaf is killed after its time", async () => {
    const running = start(DEAF, 100);
    await said("started");
    await running.stop();
    expect(await running.ended).toEqual({ code: null, signal: "SIGKILL" });
    expect(isRunning(running.identity)).toBe(false);
  });

  test("takes what it has started with it", async () => {
    const script = `
      const { spawn } = require("node:child_process");
      console.log(spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]).pid);
      setInterval(() => {}, 1000);`;
    const running = start(script);
    const pid = await eventually(async () => lines[0], { what: "it said a number", timeoutMs: 10_000, everyMs: 10 });
    await running.stop();
    const isGone = async () => {
      try {
        return readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ") ? true : undefined;
      } catch {
        return true as const;
      }
    };
    expect(await eventually(isGone, { what: "its child has gone", timeoutMs: 5_000, everyMs: 10 })).toBe(true);
  });
});

test("what was left behind is ended, and nothing else that has its number", async () => {
  const record = join(folder, "processes.json");
  const running = start(DEAF);
  await said("started");
  const other = start(DEAF);
  recordProcesses(record, [running, { name: "other", identity: { ...other.identity, startTicks: "1" } }]);
  expect(await endLeftovers(record, 100)).toEqual(["program"]);
  expect([running, other].map(({ identity }) => isRunning(identity))).toEqual([false, true]);
  expect(await endLeftovers(record, 100)).toEqual([]);
});
