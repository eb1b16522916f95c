import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { imageIndex, packOciArchive } from "./oci-archive.ts";

test("turns what buildah pushes into one image layout, named for containerd and for others", async () => {
  const root = mkdtempSync(join(tmpdir(), "oci-archive-"));
  try {
    const pushed = join(root, "pushed");
    const layer = "1".repeat(64);
    const manifest = JSON.stringify({ layers: [{ digest: `sha256:${layer}` }] });
    mkdirSync(pushed);
    writeFileSync(join(pushed, "version"), "Directory Transport Version: 1.1\n");
    writeFileSync(join(pushed, "manifest.json"), manifest);
    writeFileSync(join(pushed, layer), "layer");
    const archive = join(root, "image.tar");

    await packOciArchive(pushed, "localhost/a:1", archive);

    const digest = createHash("sha256").update(manifest).digest("hex");
    const read = (member: string) => execFileSync("tar", ["-xOf", archive, member], { encoding: "utf8" });
    expect(JSON.parse(read("index.json"))).toEqual(imageIndex("localhost/a:1", digest, manifest.length));
    expect(JSON.parse(read("oci-layout"))).toEqual({ imageLayoutVersion: "1.0.0" });
    expect(read(`blobs/sha256/${digest}`)).toBe(manifest);
    expect(read(`blobs/sha256/${layer}`)).toBe("layer");
    expect(existsSync(pushed)).toBe(false);
  } finally {
    rmSync(root, { recursive: true });
  }
});

test("names the image in the index", () => {
  expect(imageIndex("localhost/a:1", "ab", 7).manifests).toEqual([
    {
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      digest: "sha256:ab",
      size: 7,
      annotations: {
        "io.containerd.image.name": "localhost/a:1",
        "org.opencontainers.image.ref.name": "localhost/a:1",
      },
    },
  ]);
});
