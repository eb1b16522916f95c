import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

/** Archives of an image beyond the current one: for going back and forth between branches. Each takes 100 to 250 MB. */
const OTHERS_KEPT = 2;

/** Removes old archives. Those in `current` stay, and so do the newest few of each image. */
export function removeOldArchives(folder: string, current: ReadonlySet<string>): void {
  const others = readdirSync(folder).flatMap((file) => {
    const image = /^(.+)-[0-9a-f]{12}\.tar$/.exec(file)?.[1];
    const path = join(folder, file);
    return image === undefined || current.has(path) ? [] : [{ image, path, age: statSync(path).mtimeMs }];
  });
  for (const [, archives] of Map.groupBy(others, ({ image }) => image))
    for (const { path } of archives.sort((a, b) => b.age - a.age).slice(OTHERS_KEPT)) rmSync(path, { force: true });
}
