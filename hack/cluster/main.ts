#!/usr/bin/env node
import { Command, InvalidArgumentError } from "commander";
import { chooseProvider } from "./choose.ts";
import { createProgress, formatSeconds } from "./embedded/progress.ts";

const progress = createProgress();
const program = new Command("cluster")
  .description("A Kubernetes cluster on this machine.")
  .option("--name <name>", "name of the cluster; clusters of different names run side by side", "local");

const provider = () => chooseProvider(program.opts<{ name: string }>().name, progress);

function nodeCount(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError("give a whole number of nodes, such as 3");
  return Number(text);
}

program
  .command("up")
  .description("bring the cluster up, or put right one that is up")
  .option("--nodes <number>", "number of nodes", nodeCount, 3)
  .action(async ({ nodes }: { nodes: number }) => {
    const begin = Date.now();
    const cluster = await provider();
    await cluster.up(nodes);
    progress.line(`the cluster is up (${cluster.kind}, ${formatSeconds(Date.now() - begin)})`);
    progress.line(`use it: export KUBECONFIG=${cluster.kubeconfig()}`);
  });

program
  .command("down")
  .description("remove the cluster and everything in it")
  .action(async () => (await provider()).down());

program
  .command("status")
  .description("show what runs and where it can be reached")
  .action(async () => console.log(await (await provider()).status()));

program
  .command("load-images")
  .argument("<archive...>", "files as docker save or buildah push write them")
  .description("give images to every node")
  .action(async (archives: string[]) => (await provider()).loadImages(archives));

program
  .command("kubeconfig")
  .description("print the path of the administrator's kubeconfig")
  .action(async () => console.log((await provider()).kubeconfig()));

program
  .command("kubectl")
  .description("print the kubectl that suits the cluster")
  .action(async () => console.log((await provider()).kubectl()));

try {
  await program.parseAsync();
} catch (error) {
  for (let each: unknown = error, depth = 0; each instanceof Error; each = each.cause, depth += 1)
    console.error(`${depth === 0 ? "error: " : "  because: "}${each.message}`);
  process.exitCode = 1;
}
