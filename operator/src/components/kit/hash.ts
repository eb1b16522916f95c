import { hash } from "node:crypto";
import { orderedJson } from "../../ordered-json.ts";

/** Ten hex digits over any JSON value, the same for every order of keys. */
export function shortHash(value: unknown): string {
  return hash("sha256", orderedJson(value) ?? "", "hex").slice(0, 10);
}
