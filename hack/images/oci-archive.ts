import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../cluster/embedded/command.ts";

const MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json";

/**
 * Turns a folder as buildah's `dir:` transport writes it (manifest.json, and blobs named by digest) into an OCI image
 * layout in a tar archive. buildah's own `oci-archive:` always compresses layers; these stay as they are, because each
 * node of a cluster would have to inflate them again. The folder is used up.
 */
export async function packOciArchive(folder: string, reference: string, archive: string): Promise<void> {
  const manifest = await readFile(join(folder, "manifest.json"));
  const digest = createHash("sha256").update(manifest).digest("hex");
  const layout = `${folder}.oci`;
  const blobs = join(layout, "blobs", "sha256");
  await mkdir(blobs, { recursive: true });
  for (const name of await readdir(folder))
    if (/^[0-9a-f]{64}$/.test(name)) await rename(join(folder, name), join(blobs, name));
  await writeFile(join(blobs, digest), manifest);
  await writeFile(join(layout, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  await writeFile(join(layout, "index.json"), JSON.stringify(imageIndex(reference, digest, manifest.byteLength)));
  const reproducible = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner"];
  const members = ["index.json", "oci-layout", "blobs"];
  await run("tar", ["--create", "--file", archive, "--directory", layout, ...reproducible, ...members]);
  await rm(folder, { recursive: true });
  await rm(layout, { recursive: true });
}

/** The layout's table of contents: one image, by the name that containers/image and containerd each look for. */
export function imageIndex(reference: string, digest: string, size: number) {
  return {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.index.v1+json",
    manifests: [
      {
        mediaType: MANIFEST_TYPE,
        digest: `sha256:${digest}`,
        size,
        annotations: {
          "io.containerd.image.name": reference,
          "org.opencontainers.image.ref.name": reference,
        },
      },
    ],
  };
}
