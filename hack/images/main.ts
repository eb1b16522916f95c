import { constants, copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Command } from "commander";
import { createProgress } from "../cluster/embedded/progress.ts";
import { type BuiltImages, buildImages, referencesOf } from "./build.ts";
import { type BundleName, bundle } from "./bundle.ts";
import { IMAGE_NAMES, parseImageNames } from "./catalogue.ts";
import { listImages } from "./list.ts";
import { REPOSITORY } from "./paths.ts";

const interruption = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => interruption.abort(new Error(`stopped by ${signal}`)));

const program = new Command("images").description("Builds the container images of the project.");

program
  .command("build")
  .description(`builds what changed, of ${IMAGE_NAMES.join(", ")}; all of them unless some are named`)
  .argument("[name...]", "images to build")
  .option("--output <folder>", "copies the archives there, as <name>.tar")
  .option("--json", "prints the references by name")
  .action(async (words: string[], options: { output?: string; json?: boolean }) => {
    const images = await buildImages(parseImageNames(words), { signal: interruption.signal });
    if (options.output !== undefined) await copyArchives(images, options.output);
    if (options.json) console.log(JSON.stringify(referencesOf(images), null, 2));
    else for (const { reference } of images.values()) console.log(reference);
  });

program
  .command("list")
  .description("shows the images, and which of them are built as they should be")
  .action(async () => console.log(await listImages()));

program
  .command("bundle")
  .description("bundles operator and runtime into their build folders, as the images do")
  .action(async () => {
    const names: readonly BundleName[] = ["operator", "runtime"];
    for (const name of names) await createProgress().step(`${name} bundled`, () => bundle(name, REPOSITORY));
  });

async function copyArchives(images: BuiltImages, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  // A copy on write where the file system can: archives are large.
  for (const [name, { archive }] of images)
    await copyFile(archive, join(folder, `${name}.tar`), constants.COPYFILE_FICLONE);
}

try {
  await program.parseAsync();
} catch (err) {
  console.error(err instanceof Error ? err.message : err);
  process.exitCode = interruption.signal.aborted ? 130 : 1;
}
