import { Command } from "commander";
import { createProgress } from "../cluster/index.ts";
import { connect, liveCluster, localProvider } from "../live/cluster.ts";
import { PLATFORM } from "../live/platform.ts";
import { demo } from "./demo.ts";
import { describeFailure, withHints } from "./hinted.ts";
import { giveToNodes, provideImages } from "./images.ts";
import { installOperator } from "./operator.ts";
import { applyManifest, MANIFEST, platformName, waitReady } from "./platform.ts";
import { helmReady, requireRights } from "./prepare.ts";
import { cleanAll, deleteAll } from "./remove.ts";

// What make's targets call. Each command ends with code 0, or with a sentence, what to look at, and code 1.
const program = new Command("demo").description("Bring a platform up on the local cluster, show it, take it down.");
const progress = createProgress();

program.command("demo").action(() => demo(progress, { tour: true }));
program.command("start").action(() => demo(progress, { tour: false }));

program.command("images").action(async () => {
  const images = await provideImages(progress);
  await giveToNodes(await liveCluster(progress), images);
});

program.command("deploy").action(async () => {
  const name = platformName(MANIFEST);
  const provider = await localProvider(progress);
  requireRights(provider);
  const cluster = await connect(provider, progress);
  const [helm, images] = await Promise.all([helmReady(progress), provideImages(progress)]);
  await giveToNodes(cluster, images);
  await withHints("installing the operator", ["make logs-operator"], () =>
    progress.step("operator installed", () => installOperator(cluster, helm, images)),
  );
  progress.line(await applyManifest(cluster, MANIFEST));
  await waitReady(cluster, name);
});

program.command("wait").action(async () => {
  await waitReady(await liveCluster(progress), PLATFORM);
});

program.command("delete").action(() => deleteAll(progress, PLATFORM));
program.command("clean").action(() => cleanAll(progress));

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`${describeFailure(error)}\n`);
  process.exitCode = 1;
}
// What still runs beside the step that failed must not keep the command from ending.
process.exit();
