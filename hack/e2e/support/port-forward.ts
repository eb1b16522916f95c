import { spawn } from "node:child_process";
import { once } from "node:events";
import { isFreePort } from "../../dev/ports.ts";

/** Local ports that lead to a pod until they are closed. */
export interface PortForward {
  /** Local port → port of the pod. */
  readonly ports: Readonly<Record<number, number>>;
  /** Resolves when the forwarding ends by itself: the pod went away, or kubectl was stopped. */
  readonly ended: Promise<void>;
  close(): void;
}

export interface PortForwardTarget {
  readonly kubeconfig: string;
  readonly namespace: string;
  /** As kubectl names it: `pod/a`, `deployment/b`. */
  readonly resource: string;
}

/**
 * Forwards local ports. Port 0 takes a free one. Resolves when they accept connections; throws a sentence about those that
 * are taken, and what kubectl says when they never do.
 */
export async function portForward(
  { kubeconfig, namespace, resource }: PortForwardTarget,
  wanted: readonly (readonly [local: number, remote: number])[],
): Promise<PortForward> {
  await requireFree(
    resource,
    wanted.map(([local]) => local),
  );
  const pairs = wanted.map(([local, remote]) => (local === 0 ? `:${remote}` : `${local}:${remote}`));
  const child = spawn(
    "kubectl",
    ["--kubeconfig", kubeconfig, "--namespace", namespace, "port-forward", resource, ...pairs],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  // kubectl must not outlive whoever asked for it.
  const stop = (): void => void child.kill("SIGTERM");
  process.once("exit", stop);
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
    // On the other loopback address it goes on without a word on its output, if that is free.
    if (errors.includes("Unable to listen on port")) stop();
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
    throw new Error(`ports could not be forwarded to ${resource}: ${errors.trim()}`);
  });
  await Promise.race([ready, failed]);
  failed.catch(() => undefined);
  return { ports, ended, close: stop };
}

/** Throws a sentence unless each of these local ports can be listened on; 0 always can. */
export async function requireFree(resource: string, ports: readonly number[]): Promise<void> {
  const free = await Promise.all(ports.map(isFreePort));
  const taken = ports.filter((_port, index) => !free[index]);
  if (taken.length === 0) return;
  const which = taken.length === 1 ? `port ${taken[0]} is` : `ports ${taken.join(" and ")} are`;
  throw new Error(
    `the local ${which} taken, and ${resource} is to be reached there: end what listens, such as "make dev", and try again`,
  );
}

/** Forwards one port and returns the URL that leads to it. */
export async function forwardedUrl(
  target: PortForwardTarget,
  port: number,
): Promise<{ readonly url: string; readonly close: () => void }> {
  const forwarded = await portForward(target, [[0, port]]);
  return { url: `http://127.0.0.1:${Object.keys(forwarded.ports)[0]}`, close: () => forwarded.close() };
}
