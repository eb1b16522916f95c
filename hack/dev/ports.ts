import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { writeOwn } from "./kept-file.ts";

/** Ports as the services have them in a cluster, and the variables that choose others. */
export const PORTS = {
  server: { usual: 8080, variable: "SERVER_PORT" },
  worker: { usual: 8081, variable: "WORKER_PORT" },
  serverMetrics: { usual: 9090, variable: "SERVER_METRICS_PORT" },
  workerMetrics: { usual: 9091, variable: "WORKER_METRICS_PORT" },
  postgresql: { usual: 5432, variable: "DB_PORT" },
  redis: { usual: 6379, variable: "REDIS_PORT" },
  rabbitmq: { usual: 5672, variable: "RABBITMQ_PORT" },
  management: { usual: 15672, variable: "RABBITMQ_MANAGEMENT_PORT" },
} as const;
export type PortName = keyof typeof PORTS;
export type Ports = Readonly<Record<PortName, number>>;

export interface PortSources {
  /** Variables; one that is set is obeyed, and 0 is any free port. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Those of the last run. */
  readonly remembered: Partial<Ports>;
  readonly isFree: (port: number) => Promise<boolean>;
  /** A port that the kernel chooses. */
  readonly anyPort: () => Promise<number>;
}

/**
 * A port for each: the one that is asked for, or else that of the last run, or else the usual one, or else a free one.
 * Throws a sentence for one that is asked for and cannot be had.
 */
export async function choosePorts({ environment, remembered, isFree, anyPort }: PortSources): Promise<Ports> {
  const chosen = new Map<PortName, number>();
  for (const name of Object.keys(PORTS) as PortName[]) {
    const { usual, variable } = PORTS[name];
    const asked = askedFor(variable, environment[variable]);
    const isTaken = async (port: number) => [...chosen.values()].includes(port) || !(await isFree(port));
    if (asked !== undefined && asked !== 0 && (await isTaken(asked))) {
      throw new Error(`${variable} is ${asked}, and that port is taken: choose another one, or 0 for any that is free`);
    }
    const candidates = asked === 0 ? [] : [asked ?? remembered[name] ?? usual, usual];
    let port: number | undefined;
    for (const candidate of candidates) if (port === undefined && !(await isTaken(candidate))) port = candidate;
    while (port === undefined) {
      const candidate = await anyPort();
      if (![...chosen.values()].includes(candidate)) port = candidate;
    }
    chosen.set(name, port);
  }
  return Object.fromEntries(chosen) as Record<PortName, number>;
}

function askedFor(variable: string, text: string | undefined): number | undefined {
  if (text === undefined || text === "") return undefined;
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new Error(`${variable} is "${text}": give a port from 1 to 65535, or 0 for any that is free`);
}

/** Whether a loopback port can be listened on. */
export async function isFreePort(port: number): Promise<boolean> {
  const server = createServer();
  server.listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch {
    return false;
  }
  server.close();
  await once(server, "close");
  return true;
}

export function rememberedPorts(path: string): Partial<Ports> {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Partial<Ports>;
  } catch {
    // There was no run yet.
    return {};
  }
}

export function rememberPorts(path: string, ports: Ports): void {
  writeOwn(path, `${JSON.stringify(ports, undefined, 2)}\n`);
}
