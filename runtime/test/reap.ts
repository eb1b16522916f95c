import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/**
 * Has whatever works in a directory end with this process, whoever started it and however this process ends: Ctrl-C in
 * vitest runs no teardown, and data services are to outlive the file that has restarted them. The directory goes as well.
 */
export function reapWithThisProcess(directory: string): void {
  const program = fileURLToPath(new URL("reaper.ts", import.meta.url));
  // In a session of its own, which no signal of a terminal reaches.
  const child = spawn(process.execPath, [program, directory], {
    stdio: ["pipe", "ignore", "inherit"],
    detached: true,
  });
  child.unref();
  // The pipe is closed by the kernel. It must not keep this process from ending.
  if (child.stdin !== null && "unref" in child.stdin && typeof child.stdin.unref === "function") child.stdin.unref();
}
