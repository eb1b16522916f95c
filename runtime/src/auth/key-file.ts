import { readFile } from "node:fs/promises";
import type { KeySource } from "./key-source.ts";

/**
 * A file with a JSON Web Key Set. It is opened by its path each time: kubelet changes a mounted ConfigMap by putting
 * another folder in place of the old one.
 */
export function keyFile(path: string): KeySource {
  return {
    name: path,
    async read() {
      const text = await readFile(path, "utf8");
      try {
        return JSON.parse(text) as unknown;
      } catch (cause) {
        throw new Error("it is not JSON", { cause });
      }
    },
  };
}
