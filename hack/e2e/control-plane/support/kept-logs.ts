import { copyFile, mkdir, readdir } from "node:fs/promises";
import { basename, join } from "node:path";

/**
 * Copies the logs in `folder`, which is about to be removed, to a folder of the same name under the one that TEST_LOGS
 * names. Does nothing where it names none.
 */
export async function keepLogs(folder: string, under = process.env["TEST_LOGS"]): Promise<void> {
  if (under === undefined || under === "") return;
  const to = join(under, basename(folder));
  await mkdir(to, { recursive: true });
  const files = await readdir(folder, { recursive: true });
  for (const file of files.filter((name) => name.endsWith(".log"))) {
    await copyFile(join(folder, file), join(to, basename(file)));
  }
}
