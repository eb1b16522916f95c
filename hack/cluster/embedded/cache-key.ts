import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";

/**
 * A key that changes exactly when what is built from the folder can change: with the path or content of any file in
 * it (tests apart), and with the inputs given, the version of the compiler say.
 */
export function contentKey(folder: string, inputs: readonly string[]): string {
  const hash = createHash("sha256");
  // Lengths keep two neighbours from being read as one other pair.
  const add = (part: string | Buffer) => hash.update(`${Buffer.byteLength(part)}:`).update(part);
  for (const input of inputs) add(input);
  for (const file of sourceFiles(folder)) {
    add(relative(folder, file).split(sep).join("/"));
    add(readFileSync(file));
  }
  return hash.digest("hex").slice(0, 16);
}

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /(\.go|^go\.(mod|sum))$/.test(entry.name) && !entry.name.endsWith("_test.go"))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
