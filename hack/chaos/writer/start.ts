import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { namespacePath } from "../../cluster/embedded/network.ts";
import type { NodePlan } from "../../cluster/embedded/plan.ts";
import type { Ledger } from "../ledger.ts";
import { parseLine, type WriterSettings } from "./protocol.ts";

const PROGRAM = join(import.meta.dirname, "main.ts");

/**
 * Writers of one node. Most give a connection up soon, as a service does; one waits, so that an answer of a server that
 * was frozen is noticed whenever it comes.
 */
const PATIENCE_MS = [1000, 1000, 1000, 60_000];

export interface Writers {
  /** Lets them finish what is under way. */
  stop(): Promise<void>;
}

/**
 * Starts writers in the network of each node: they reach the Service as the node's pods do, and those of a node that is
 * cut off are cut off with it. What they tell goes into the ledger.
 */
export function startWriters(
  nodes: readonly NodePlan[],
  connection: Omit<WriterSettings, "writers">,
  ledger: Ledger,
): Writers {
  const children = nodes.map((node, index) => {
    const writers = PATIENCE_MS.map((patienceMs, each) => ({ writer: index * PATIENCE_MS.length + each, patienceMs }));
    return startOn(node, { ...connection, writers }, ledger);
  });
  return {
    stop: async () => {
      await Promise.all(
        children.map(async (child) => {
          if (child.exitCode !== null || child.signalCode !== null) return;
          child.stdin?.end();
          await once(child, "close");
        }),
      );
    },
  };
}

function startOn(node: NodePlan, settings: WriterSettings, ledger: Ledger): ChildProcess {
  const program = ["nsenter", `--net=${namespacePath(node.namespace)}`, process.execPath, PROGRAM] as const;
  const child = spawn(program[0], program.slice(1), { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.on("error", () => undefined);
  child.stdin.write(`${JSON.stringify(settings)}\n`);
  createInterface({ input: child.stdout }).on("line", (line) => ledger.note(parseLine(line)));
  child.on("error", (cause) => ledger.break(new Error(`while starting the writers on ${node.name}`, { cause })));
  child.on("exit", (code) => {
    if (code !== 0) ledger.break(new Error(`the writers on ${node.name} ended with code ${code}`));
  });
  return child;
}
