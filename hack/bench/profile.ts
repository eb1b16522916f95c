import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** A CPU profile as V8 writes it. */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  /** Id of the node on top at each sample. */
  readonly samples: readonly number[];
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[];
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
}

export interface SelfTime {
  /** `name file:line`. */
  readonly place: string;
  readonly milliseconds: number;
  /** Of the time in which anything ran. */
  readonly share: number;
}

/** Not work: the process waited. */
const IDLE = new Set(["(idle)", "(root)"]);

/** Functions by the time spent in themselves, the longest first. */
export function selfTimes({ nodes, samples, timeDeltas }: CpuProfile): readonly SelfTime[] {
  const places = new Map(nodes.map(({ id, callFrame }) => [id, placeOf(callFrame)]));
  const times = new Map<string, number>();
  for (const [i, id] of samples.entries()) {
    const place = places.get(id) ?? "(unknown)";
    if (!IDLE.has(place)) times.set(place, (times.get(place) ?? 0) + (timeDeltas[i] ?? 0));
  }
  const total = [...times.values()].reduce((sum, time) => sum + time, 0);
  return [...times]
    .map(([place, time]) => ({ place, milliseconds: time / 1000, share: time / total }))
    .sort((a, b) => b.milliseconds - a.milliseconds);
}

function placeOf({ functionName, url, lineNumber }: ProfileNode["callFrame"]): string {
  const name = functionName === "" ? "(anonymous)" : functionName;
  return url === "" ? name : `${name} ${url.slice(url.lastIndexOf("/") + 1)}:${lineNumber + 1}`;
}

/** The longest self times of every profile in a folder, as a table for each. */
export async function summarizeProfiles(folder: string, rows = 40): Promise<string> {
  const files = (await readdir(folder)).filter((name) => name.endsWith(".cpuprofile")).sort();
  const tables = files.map(async (file) => {
    const times = selfTimes(JSON.parse(await readFile(join(folder, file), "utf8")) as CpuProfile);
    const busy = times.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
    const lines = times
      .slice(0, rows)
      .map(
        ({ place, milliseconds, share }) => `| ${place} | ${milliseconds.toFixed(0)} | ${(share * 100).toFixed(1)} |`,
      );
    const header = "| function | ms | % |\n|---|--:|--:|";
    return `${file}: busy ${(busy / 1000).toFixed(1)} s\n\n${header}\n${lines.join("\n")}`;
  });
  return (await Promise.all(tables)).join("\n\n");
}
