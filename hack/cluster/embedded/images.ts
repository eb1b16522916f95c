import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./command.ts";
import type { ClusterPaths } from "./paths.ts";
import type { NodePlan } from "./plan.ts";

export interface LoadResult {
  readonly node: string;
  readonly archive: string;
  /** Names as containerd knows them. */
  readonly images: readonly string[];
  /** False when the node had all of them. */
  readonly loaded: boolean;
}

interface LoadedImage {
  readonly name: string;
  readonly digest: string;
}

/**
 * Gives the images of Docker or OCI archives to the nodes, all nodes at once. A node that has the images of an archive
 * already, with the digests that it got then, is left alone.
 */
export async function loadImages(
  paths: ClusterPaths,
  nodes: readonly NodePlan[],
  archives: readonly string[],
): Promise<LoadResult[]> {
  const keyed = await Promise.all(archives.map(async (archive) => ({ archive, key: await archiveKey(archive) })));
  const perNode = await Promise.all(
    nodes.map(async (node) => {
      const results: LoadResult[] = [];
      for (const { archive, key } of keyed) results.push(await loadArchive(paths, node, archive, key));
      return results;
    }),
  );
  return perNode.flat();
}

async function loadArchive(paths: ClusterPaths, node: NodePlan, archive: string, key: string): Promise<LoadResult> {
  const at = paths.node(node.name);
  const ctr = (args: readonly string[]) =>
    run("ctr", ["--address", at.containerdSocket, "--namespace", "k8s.io", "images", ...args]);
  const record = join(at.root, "loaded-images", `${key}.json`);
  const known = existsSync(record) ? (JSON.parse(readFileSync(record, "utf8")) as LoadedImage[]) : [];
  const present = parseImageList(await ctr(["list"]));
  if (known.length > 0 && known.every((image) => present.get(image.name) === image.digest))
    return { node: node.name, archive, images: known.map((image) => image.name), loaded: false };

  let output: string;
  try {
    output = await ctr(["import", archive]);
  } catch (cause) {
    throw new Error(`while loading ${archive} into ${node.name}`, { cause });
  }
  const images = parseImport(output);
  if (images.length === 0)
    throw new Error(
      `${archive} names no image: save it with a name and a tag, such as "buildah push NAME oci-archive:FILE:NAME"`,
    );
  mkdirSync(join(at.root, "loaded-images"), { recursive: true });
  writeFileSync(record, JSON.stringify(images));
  return { node: node.name, archive, images: images.map((image) => image.name), loaded: true };
}

/** Of the archive's own table of contents, which names everything else by digest: cheap even where layers are large. */
async function archiveKey(archive: string): Promise<string> {
  if (!existsSync(archive)) throw new Error(`${archive} does not exist: give the path of a Docker or OCI archive`);
  const hash = createHash("sha256");
  let found = false;
  for (const member of ["index.json", "manifest.json"]) {
    try {
      hash.update(await run("tar", ["--extract", "--to-stdout", "--file", archive, member]));
      found = true;
    } catch {
      // An OCI archive has the one, a Docker archive the other, some have both.
    }
  }
  if (!found)
    throw new Error(
      `${archive} is no image archive, it has neither index.json nor manifest.json: write it with buildah push, docker save or podman save`,
    );
  return hash.digest("hex").slice(0, 32);
}

/** Lines of `ctr images import`: "unpacking localhost/pause:1 (sha256:…)...done". */
export function parseImport(output: string): LoadedImage[] {
  return [...output.matchAll(/^unpacking (\S+) \((sha256:[0-9a-f]{64})\)/gm)].map(([, name, digest]) => ({
    name: name ?? "",
    digest: digest ?? "",
  }));
}

/** Names and digests out of the table of `ctr images list`: REF TYPE DIGEST …. */
export function parseImageList(output: string): ReadonlyMap<string, string> {
  const rows = output
    .split("\n")
    .slice(1)
    .map((line) => line.split(/\s+/));
  return new Map(rows.flatMap(([name, , digest]) => (name && digest ? [[name, digest] as const] : [])));
}
