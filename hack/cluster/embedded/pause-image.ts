import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "./command.ts";
import { PAUSE_IMAGE } from "./node-config.ts";

/** Whoever packs, and whenever: the same program gives the same archive. */
const REPRODUCIBLE = ["--sort=name", "--owner=0", "--group=0", "--numeric-owner", "--mtime=@0"];

/** Packs the program as an image with nothing else in it, as a Docker archive. */
export async function packPauseImage(program: string, archive: string): Promise<void> {
  const work = mkdtempSync(join(tmpdir(), "pause-"));
  try {
    const [layer, image] = [join(work, "layer"), join(work, "image")];
    mkdirSync(layer);
    mkdirSync(image);
    copyFileSync(program, join(layer, "pause"));
    await run("tar", [...REPRODUCIBLE, "-C", layer, "-cf", join(image, "layer.tar"), "pause"]);
    const digest = createHash("sha256")
      .update(readFileSync(join(image, "layer.tar")))
      .digest("hex");
    const config = JSON.stringify({
      architecture: process.arch === "x64" ? "amd64" : process.arch,
      os: "linux",
      config: { Entrypoint: ["/pause"], User: "65535:65535" },
      rootfs: { type: "layers", diff_ids: [`sha256:${digest}`] },
    });
    const configFile = `${createHash("sha256").update(config).digest("hex")}.json`;
    writeFileSync(join(image, configFile), config);
    const manifest = [{ Config: configFile, RepoTags: [PAUSE_IMAGE], Layers: ["layer.tar"] }];
    writeFileSync(join(image, "manifest.json"), JSON.stringify(manifest));
    await run("tar", [...REPRODUCIBLE, "-C", image, "-cf", archive, "manifest.json", configFile, "layer.tar"]);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
