import { createHash } from "node:crypto";

/** Tells requests apart: 32 bytes that only a request with the same method, path and bytes of the body has. */
export function fingerprint(method: string, path: string, body: Uint8Array): Buffer {
  // Neither a method nor a path holds a line break.
  return createHash("sha256").update(`${method}\n${path}\n`).update(body).digest();
}
