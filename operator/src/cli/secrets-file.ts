import { readFileSync } from "node:fs";
import { UsageError } from "../errors.ts";
import type { KubernetesObject } from "../kubernetes.ts";

/** The Secrets of a file as `kubectl get secrets -o json` prints them. Throws UsageError, without anything of the content. */
export function readSecrets(file: string): readonly KubernetesObject[] {
  let list: { readonly items?: unknown };
  try {
    list = JSON.parse(readFileSync(file, "utf8")) as typeof list;
  } catch {
    // The message of a JSON error quotes the text, and the text holds passwords.
    throw new UsageError(`${file} cannot be read as JSON: write it with kubectl get secrets --all-namespaces -o json`);
  }
  if (!Array.isArray(list.items)) {
    throw new UsageError(`${file} holds no list: write it with kubectl get secrets --all-namespaces -o json`);
  }
  return (list.items as readonly KubernetesObject[]).filter(({ kind }) => kind === "Secret");
}
