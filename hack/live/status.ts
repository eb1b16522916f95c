import { spawn } from "node:child_process";
import type { LiveCluster } from "./cluster.ts";

/** Prints the platform as a tree. Returns the exit code of the command that a user would run. */
export function showStatus({ kubeconfig }: LiveCluster, args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn("operator/bin/profileplatform", ["status", ...args, "--kubeconfig", kubeconfig], {
      stdio: ["ignore", "inherit", "inherit"],
    });
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 1));
  });
}
