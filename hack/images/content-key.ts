import { createHash } from "node:crypto";
import { createReadStream, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

const KEY_LENGTH = 12;

/** Key of 12 hexadecimal digits that differs when any part, or the number or order of parts, differs. */
export function contentKey(parts: readonly string[]): string {
  const hash = createHash("sha256");
  // Lengths keep two neighbours from being read as one other pair.
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part);
  return hash.digest("hex").slice(0, KEY_LENGTH);
}

/**
 * One line for each file below the paths, in a fixed order: path, whether it can be executed, digest. Paths are files
 * or folders inside the root; `accept` sees each file's path from the root.
 */
export async function describeFiles(
  root: string,
  paths: readonly string[],
  accept: (path: string) => boolean = () => true,
): Promise<string[]> {
  const files = [...new Set(paths.flatMap((path) => filesBelow(root, path)))].filter(accept).sort();
  return Promise.all(
    files.map(async (path) => {
      const mode = statSync(join(root, path)).mode & 0o111 ? "x" : "-";
      return `${path} ${mode} ${await digestFile(join(root, path))}`;
    }),
  );
}

function filesBelow(root: string, path: string): string[] {
  if (!statSync(join(root, path)).isDirectory()) return [path];
  return readdirSync(join(root, path)).flatMap((entry) =>
    entry === "node_modules" ? [] : filesBelow(root, path === "." ? entry : `${path}/${entry}`),
  );
}

/** SHA-256 of a file's content, in hexadecimal. */
export async function digestFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path, { highWaterMark: 1024 * 1024 }), hash);
  return hash.digest("hex");
}
