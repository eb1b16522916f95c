import { chmodSync, chownSync, writeFileSync } from "node:fs";
import type { User } from "../launch.ts";

/** Writes a file that only the user of a data service reads. */
export function ownFile(path: string, text: string, user: User | undefined): void {
  writeFileSync(path, text, { mode: 0o600 });
  chmodSync(path, 0o600);
  if (user !== undefined) chownSync(path, user.uid, user.gid);
}
