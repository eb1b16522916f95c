import { execFile, execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort, type Instance, startInstance, until } from "./instance.ts";
import { makeDirectory } from "./postgres.ts";

/** A small server of S3's interface, which keeps what it is given in memory. It checks no signatures. */
const module = "github.com/johannesboyne/gofakes3";
const version = "v1.2.0";

export const bucket = "profile-images";

/** Builds the server with Go, unless it was built before. @returns the program */
export async function installS3(): Promise<string> {
  const caches = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  const folder = join(process.env["PROFILE_PLATFORM_CACHE"] ?? join(caches, "profile-platform"), `gofakes3-${version}`);
  const program = join(folder, "gofakes3");
  if (existsSync(program)) return program;
  mkdirSync(folder, { recursive: true });
  const environment = { ...process.env, GOBIN: folder, CGO_ENABLED: "0" };
  await promisify(execFile)("go", ["install", `${module}/cmd/gofakes3@${version}`], { env: environment }).catch(
    (cause: unknown) => {
      throw new Error("This test needs Go 1.24 or later, and Go modules, for a server of S3's interface", { cause });
    },
  );
  return program;
}

export async function createS3(parent: string, name: string, program: string): Promise<Instance> {
  const directory = makeDirectory(parent, name);
  // The user that it runs as may not look into the cache of whoever runs the tests.
  const command = join(directory, "gofakes3");
  execFileSync("install", ["--mode=0755", program, command]);
  const port = await freePort();
  const args = ["-backend", "memory", "-initialbucket", bucket, "-host", `127.0.0.1:${port}`];
  const instance: Instance = { name: "S3", directory, command, args, environment: {}, port };
  await startS3(instance);
  return instance;
}

export async function startS3(instance: Instance): Promise<void> {
  startInstance(instance);
  await until("S3", async () => (await fetch(`http://127.0.0.1:${instance.port}/${bucket}`)).ok);
}

/** The keys of all objects, in order. */
export async function objectKeys({ port }: Instance): Promise<readonly string[]> {
  const text = await (await fetch(`http://127.0.0.1:${port}/${bucket}?list-type=2`)).text();
  return [...text.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key = ""]) => key).toSorted();
}
