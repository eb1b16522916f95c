import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

/**
 * containerd's shims listen on sockets in /run/containerd/s, whatever folder their containerd uses. A shim that is
 * killed leaves its socket there; its own folder names it in the file "address".
 */
export function removeShimSockets(clusterRoot: string): void {
  for (const node of list(clusterRoot)) {
    const tasks = join(clusterRoot, node, "run", "io.containerd.runtime.v2.task", "k8s.io");
    for (const task of list(tasks)) {
      try {
        const socket = readFileSync(join(tasks, task, "address"), "utf8").trim().replace(/^unix:\/\//, "");
        if (socket.startsWith("/run/containerd/s/")) rmSync(socket, { force: true });
      } catch {
        // A task that never got that far has no socket.
      }
    }
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
