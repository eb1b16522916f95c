import { spawn } from "node:child_process";
import { once } from "node:events";
import type { LiveCluster } from "./cluster.ts";
import { namespaceOf, requirePlatform } from "./platform.ts";
import { WORKLOADS, type WorkloadName } from "./workloads.ts";

/** A local port that leads to a pod until it is closed. */
export interface Forward {
  readonly name: WorkloadName;
  /** Local port → port of the pod. */
  readonly ports: Readonly<Record<number, number>>;
  /** Resolves when the forwarding ends by itself: the pod went away, or kubectl was stopped. */
  readonly ended: Promise<void>;
  close(): void;
}

/**
 * Forwards local ports to a component. Port 0 takes a free one. Resolves when they accept connections; throws what
 * kubectl says when they never do.
 */
export async function forward(
  cluster: LiveCluster,
  name: WorkloadName,
  wanted: readonly (readonly [local: number, remote: number])[],
): Promise<Forward> {
  const { layer, kind } = WORKLOADS[name];
  if (layer === "operator") throw new Error("nothing is forwarded to the operator");
  const namespace = namespaceOf(await requirePlatform(cluster), layer);
  const pairs = wanted.map(([local, remote]) => (local === 0 ? `:${remote}` : `${local}:${remote}`));
  const child = spawn(
    "kubectl",
    ["--kubeconfig", cluster.kubeconfig, "--namespace", namespace, "port-forward", `${kind}/${name}`, ...pairs],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  // kubectl must not outlive whoever asked for it.
  const stop = (): void => void child.kill("SIGTERM");
  process.once("exit", stop);
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  const ended = once(child, "close").then(() => void process.off("exit", stop));
  const ports: Record<number, number> = {};
  const ready = new Promise<void>((resolve) => {
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      for (const [, local, remote] of output.matchAll(/Forwarding from 127\.0\.0\.1:(\d+) -> (\d+)/g)) {
        ports[Number(local)] = Number(remote);
      }
      if (Object.keys(ports).length === wanted.length) resolve();
    });
  });
  const failed = ended.then(() => {
    throw new Error(`ports could not be forwarded to ${name}: ${errors.trim()}`);
  });
  await Promise.race([ready, failed]);
  failed.catch(() => undefined);
  return { name, ports, ended, close: stop };
}

/** Forwards what people look at to localhost until Ctrl-C; what breaks is forwarded again by starting it anew. */
export async function forwardAll(cluster: LiveCluster, write: (text: string) => void): Promise<void> {
  const names = (Object.keys(WORKLOADS) as WorkloadName[]).filter(
    (name) => Object.keys(WORKLOADS[name].forwards).length > 0,
  );
  const forwards: Forward[] = [];
  try {
    for (const name of names) {
      const wanted = Object.entries(WORKLOADS[name].forwards).map(
        ([local, remote]) => [Number(local), remote] as const,
      );
      const one = await forward(cluster, name, wanted);
      forwards.push(one);
      for (const local of Object.keys(one.ports)) write(`${name.padEnd(12)} localhost:${local}\n`);
    }
    write("Ctrl-C ends it.\n");
    const first = await Promise.race(forwards.map(async ({ name, ended }) => (await ended, name)));
    throw new Error(`the connection to ${first} ended, because its pod went away: run "make port-forward" again`);
  } finally {
    for (const one of forwards) one.close();
  }
}
