import { existsSync } from "node:fs";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Plugin, rolldown } from "rolldown";
import { contentKey, describeFiles } from "./content-key.ts";
import { copyPackages } from "./packages.ts";

/** A package that is put into an image as one file a program, with what it imports. */
export type BundleName = "operator" | "runtime";

interface Bundle {
  /** Programs, and the files they start in, from the root of the repository. */
  readonly entries: Readonly<Record<string, string>>;
  /** Folders and files that decide what comes out. */
  readonly sources: readonly string[];
  /** Packages that are imported and never used, with the names imported: they stay out, and with them their memory. */
  readonly unused?: Readonly<Record<string, readonly string[]>>;
  /** Packages that cannot be part of a file, for they have libraries of their own: they are copied beside it. */
  readonly packages?: readonly string[];
}

const SHARED_SOURCES = ["package-lock.json", "hack/images/bundle.ts", "hack/images/packages.ts"];

/** Not `node_modules`: files below a folder of that name are left out of an image's key. The Dockerfile renames it. */
const PACKAGES_FOLDER = "packages";

/** Holds the key of the sources. Its dot keeps it out of the image. */
const KEY_FILE = ".key";

const BUNDLES: Readonly<Record<BundleName, Bundle>> = {
  operator: {
    entries: { operator: "operator/src/main.ts" },
    sources: ["operator/src", "crds/src", ...SHARED_SOURCES],
    // The Kubernetes client sends its requests with it, the operator by engine/transport: 20 MiB for nothing.
    unused: { undici: ["Agent", "ProxyAgent", "fetch"] },
  },
  runtime: {
    entries: {
      server: "runtime/src/server/main.ts",
      worker: "runtime/src/worker/main.ts",
      migrate: "runtime/src/migrate/main.ts",
      reshard: "runtime/src/reshard/main.ts",
    },
    sources: ["runtime/src", ...SHARED_SOURCES],
    packages: ["sharp"],
  },
};

/** Bundles a package into `<package>/build`, unless what is there was made from the same sources. True when it did. */
export async function bundle(name: BundleName, repository: string): Promise<boolean> {
  const key = await bundleKey(name, repository);
  if (await isBundled(name, repository, key)) return false;
  const unfinished = `${folderOf(name, repository)}.${process.pid}`;
  await rm(unfinished, { recursive: true, force: true });
  try {
    await bundleInto(name, repository, unfinished);
    await writeFile(join(unfinished, KEY_FILE), key);
    await rm(folderOf(name, repository), { recursive: true, force: true });
    await rename(unfinished, folderOf(name, repository));
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return true;
}

/** True when the package's build folder is up to date. */
export async function isBundled(name: BundleName, repository: string, key?: string): Promise<boolean> {
  const found = await readFile(join(folderOf(name, repository), KEY_FILE), "utf8").catch(() => "");
  return found === (key ?? (await bundleKey(name, repository)));
}

async function bundleKey(name: BundleName, repository: string): Promise<string> {
  const { entries, sources } = BUNDLES[name];
  const files = await describeFiles(repository, sources, (path) => !path.endsWith(".test.ts"));
  return contentKey([...Object.entries(entries).flat(), ...files]);
}

/** Bundles a package into any folder. */
export async function bundleInto(name: BundleName, repository: string, folder: string): Promise<void> {
  const { entries, packages = [], unused = {} } = BUNDLES[name];
  const key = await bundleKey(name, repository);
  for (const entry of Object.values(entries))
    if (!existsSync(join(repository, entry)))
      throw new Error(`${entry} does not exist: the ${name} image starts there`);
  const build = await rolldown({
    cwd: repository,
    input: { ...entries },
    platform: "node",
    // Not installed, and asked for in a try block: pg's native driver.
    external: ["pg-native", ...packages],
    // The Kubernetes client brings a class for every kind of object; what is not named here need not be in memory.
    treeshake: { moduleSideEffects: (id) => !id.includes("@kubernetes/client-node") },
    transform: { define: { BUNDLED_SOURCES: JSON.stringify(key) } },
    plugins: [withoutPackages(unused)],
    onLog(level, log, forward) {
      // A name that is not found would fail in the cluster, at the first use.
      if (log.code === "UNRESOLVED_IMPORT") throw new Error(log.message);
      if (level === "warn") forward(level, log);
    },
  });
  try {
    const { output } = await build.write({
      dir: folder,
      format: "esm",
      entryFileNames: "[name].mjs",
      chunkFileNames: "[name]-[hash].mjs",
      sourcemap: true,
      keepNames: true,
      comments: { legal: true, annotation: false, jsdoc: false },
    });
    for (const { type, fileName } of output) {
      if (type === "chunk") await writeInAscii(join(folder, fileName));
    }
  } finally {
    await build.close();
  }
  await copyPackages(packages, repository, join(folder, PACKAGES_FOLDER));
}

/** In place of each package a module whose functions say that they are not there. */
function withoutPackages(unused: Readonly<Record<string, readonly string[]>>): Plugin {
  return {
    name: "without-packages",
    resolveId: (id) => (Object.hasOwn(unused, id) ? `\0without:${id}` : null),
    load(id) {
      const name = id.replace("\0without:", "");
      const exported = unused[name];
      if (name === id || exported === undefined) return null;
      const sentence = JSON.stringify(`${name} is not in this bundle: hack/images/bundle.ts takes it for unused`);
      return exported.map((one) => `export function ${one}() { throw new Error(${sentence}); }`).join("\n");
    },
  };
}

/**
 * A single character beyond ASCII makes Node keep the whole source with two bytes for each. They stand in strings and
 * comments, where an escape means the same.
 */
async function writeInAscii(path: string): Promise<void> {
  const code = await readFile(path, "utf8");
  const escape = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  await writeFile(path, code.replace(/[\u0080-\uffff]/g, escape));
}

function folderOf(name: BundleName, repository: string): string {
  return join(repository, name, "build");
}
