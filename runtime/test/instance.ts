import { spawn } from "node:child_process";
import { once } from "node:events";
import { openSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A program run for tests: everything needed to start it again, as plain data, so that any test process can. */
export interface Instance {
  readonly name: string;
  readonly directory: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly port: number;
}

/** The user `nobody`: PostgreSQL refuses to run as root, and the others have no need to. */
export const unprivileged = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

export function startInstance(instance: Instance): void {
  const log = openSync(join(instance.directory, "log"), "a");
  const child = spawn(instance.command, instance.args, {
    cwd: instance.directory,
    env: { PATH: process.env["PATH"] ?? "", ...instance.environment },
    stdio: ["ignore", log, log],
    detached: true,
    ...unprivileged,
  });
  child.on("error", (err) => {
    throw new Error(`while starting ${instance.name}`, { cause: err });
  });
  if (child.pid === undefined) throw new Error(`${instance.name} did not start: is ${instance.command} installed?`);
  writeFileSync(pidFile(instance), String(child.pid));
  child.unref();
}

/** Ends the process and its children, and waits until they are gone. */
export async function killInstance(instance: Instance, signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
  const pid = Number(readFileSync(pidFile(instance), "utf8"));
  if (!isAlive(pid)) return;
  process.kill(-pid, signal);
  await until(`the end of ${instance.name}`, async () => !isAlive(pid));
}

/** Stops the process and its children as they are, or has them go on: their connections stay, and nobody answers. */
export function signalInstance(instance: Instance, signal: "SIGSTOP" | "SIGCONT"): void {
  const pid = Number(readFileSync(pidFile(instance), "utf8"));
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean).map(Number);
  for (const each of [pid, ...children]) process.kill(each, signal);
}

export function isRunning(instance: Instance): boolean {
  return isAlive(Number(readFileSync(pidFile(instance), "utf8")));
}

/** The last lines that the instance wrote, for errors. */
export function lastWords(instance: Instance): string {
  return readFileSync(join(instance.directory, "log"), "utf8").split("\n").slice(-15).join("\n");
}

function pidFile({ directory }: Instance): string {
  return join(directory, "pid");
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.startsWith("Z") !== true;
  } catch {
    return false;
  }
}

/** Waits for a condition; a condition that throws does not hold yet. */
export async function until<T>(
  what: string,
  condition: () => Promise<T | false | undefined>,
  milliseconds = 60_000,
): Promise<T> {
  const deadline = performance.now() + milliseconds;
  let lastError: unknown;
  while (performance.now() < deadline) {
    try {
      const result = await condition();
      if (result !== false && result !== undefined) return result;
    } catch (err) {
      lastError = err;
    }
    await sleep(25);
  }
  throw new Error(`waited ${milliseconds} ms in vain for ${what}`, { cause: lastError });
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("the kernel gave no port");
  return address.port;
}
