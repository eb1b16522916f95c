import { type FSWatcher, readdirSync, statSync, watch } from "node:fs";
import { join, sep } from "node:path";

export interface SourceWatch {
  close(): void;
}

/**
 * Tells when sources of a program in a folder have changed, once they have rested for a moment. Node's own `--watch`
 * watches each file that was loaded, by its inode: where an editor or git puts a new file in the place of the old one,
 * it hears of the first change alone. Folders are watched here, which outlive their files.
 *
 * @param onChange is given the path of the file that changed last
 */
export function watchSources(folder: string, onChange: (path: string) => void, restMs = 100): SourceWatch {
  const watchers = new Map<string, FSWatcher>();
  let timer: NodeJS.Timeout | undefined;

  const changed = (path: string): void => {
    clearTimeout(timer);
    timer = setTimeout(() => onChange(path), restMs);
  };
  const forget = (path: string): void => {
    for (const [watched, watcher] of watchers) {
      if (watched !== path && !watched.startsWith(`${path}${sep}`)) continue;
      watcher.close();
      watchers.delete(watched);
    }
  };
  const follow = (path: string): void => {
    const watcher = watch(path, (event, name) => {
      if (name === null) return;
      const entry = join(path, name);
      // A folder that came, or went and came again: with what was written into it before it was watched.
      if (event === "rename" && (isFolder(entry) || watchers.has(entry))) {
        forget(entry);
        if (isFolder(entry)) follow(entry);
        changed(entry);
      } else if (isSource(name)) {
        changed(entry);
      }
    });
    // It is gone; the folder that it was in tells so as well.
    watcher.on("error", () => forget(path));
    watchers.set(path, watcher);
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      if (entry.isDirectory()) follow(join(path, entry.name));
    }
  };

  follow(folder);
  return {
    close() {
      clearTimeout(timer);
      for (const watcher of watchers.values()) watcher.close();
      watchers.clear();
    },
  };
}

/** Not what editors keep beside a file, nor tests: no service loads those. */
function isSource(name: string): boolean {
  return /^[^.#].*\.(?:ts|json)$/.test(name) && !name.endsWith(".test.ts");
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
