import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { describeMachine, moduleVersion } from "../machine.ts";
import type { Databases } from "./databases.ts";
import type { RuntimeMachine } from "./results.ts";
import { TUNED } from "./sides.ts";

export async function describeRuntimeMachine(databases: Databases): Promise<RuntimeMachine> {
  return {
    ...(await describeMachine(["runtime"])),
    ...(await databases.versions()),
    express: packageVersion("express"),
    gin: moduleVersion(join(TUNED.sources, "go.mod"), "github.com/gin-gonic/gin"),
  };
}

function packageVersion(name: string): string {
  const path = createRequire(import.meta.url).resolve(`${name}/package.json`);
  return (JSON.parse(readFileSync(path, "utf8")) as { readonly version: string }).version;
}
