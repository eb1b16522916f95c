import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { keptFile } from "./kept-file.ts";

/** Passwords of the data services: letters and digits, which need no quoting anywhere. */
export interface Passwords {
  readonly postgresql: string;
  readonly redis: string;
  readonly rabbitmq: string;
}

/** The passwords in a folder, each in a file `<service>-password`; made at the first call. */
export function passwordsIn(folder: string): Passwords {
  const password = (service: keyof Passwords) =>
    keptFile(passwordFile(folder, service), () => randomBytes(24).toString("hex"));
  return { postgresql: password("postgresql"), redis: password("redis"), rabbitmq: password("rabbitmq") };
}

export function passwordFile(folder: string, service: keyof Passwords): string {
  return join(folder, `${service}-password`);
}
