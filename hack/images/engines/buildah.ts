import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { run, succeeds } from "../../cluster/embedded/command.ts";
import { mmdebstrapArguments, writeSources } from "../debian-rootfs.ts";
import { runIsolated } from "../isolated.ts";
import { packOciArchive } from "../oci-archive.ts";
import type { ImagePaths } from "../paths.ts";
import type { PlannedImage } from "../plan.ts";
import type { BuildOptions, Engine } from "./engine.ts";
import { ensurePrerequisites } from "./prerequisites.ts";

/** Where one call of buildah keeps its state. */
export interface Storage {
  readonly driver: "overlay" | "vfs";
  readonly root: string;
  /** State of mounts; as short-lived as they are, hence not in the root. */
  readonly runRoot: string;
}

/** buildah runs without a daemon and with a storage of its own, which nothing else on the machine sees. */
export function buildahEngine(repository: string, paths: ImagePaths): Engine {
  let driver: Storage["driver"] = "overlay";
  const pulls = new Map<string, Promise<void>>();
  const storage = (temporary: string): Storage => ({
    driver,
    root: join(paths.store, driver),
    runRoot: join(temporary, "run"),
  });
  const maintain = (args: readonly string[]) => run("buildah", [...storageArguments(storage(paths.work)), ...args]);

  const isStored = (reference: string) =>
    succeeds("buildah", [...storageArguments(storage(paths.work)), "inspect", "--type", "image", reference]);

  /** A base that was built by an earlier run may be an archive only. */
  const provide = (base: PlannedImage, options: BuildOptions): Promise<void> => {
    const pull = async () => {
      if (!(await isStored(base.reference)))
        await buildah(["pull", "--quiet", `oci-archive:${base.archive}`], options, false);
    };
    const pulling = pulls.get(base.reference) ?? pull();
    pulls.set(base.reference, pulling);
    return pulling;
  };

  const buildah = (args: readonly string[], options: BuildOptions, network: boolean) =>
    runIsolated(["buildah", ...storageArguments(storage(options.temporary)), ...args], { ...options, network });

  return {
    name: "buildah",
    bases: "built",
    async prepare(note) {
      await ensurePrerequisites(note);
      await mkdir(paths.work, { recursive: true });
      // A folder on an overlay file system, as in a container, cannot hold another one.
      if (!(await succeeds("buildah", [...storageArguments(storage(paths.work)), "info"]))) driver = "vfs";
      await maintain(["rm", "--all"]);
    },
    async build(image, options) {
      const { source } = image;
      let context = join(repository, source.context);
      let sources: string | undefined;
      if (image.base === undefined || source.network) sources = await writeSources(options.temporary);
      if (image.base === undefined) {
        context = join(options.temporary, "context");
        await mkdir(context);
        const rootfs = mmdebstrapArguments(join(context, "rootfs.tar"), sources ?? "");
        await runIsolated(["mmdebstrap", ...rootfs], { ...options, network: true });
      }
      if (typeof image.base === "object") await provide(image.base, options);
      await buildah(buildArguments(image, { repository, context, sources }), options, source.network);
      const folder = join(options.temporary, "pushed");
      await buildah(["push", "--quiet", "--disable-compression", image.reference, `dir:${folder}`], options, false);
      await packOciArchive(folder, image.reference, options.output);
    },
    async release(bases) {
      if (!existsSync(paths.store)) return;
      await maintain(["rm", "--all"]);
      const kept = new Set(bases.map((base) => base.reference));
      const names = await maintain(["images", "--all", "--format", "{{.Name}}:{{.Tag}}"]);
      const unused = names.split("\n").filter((name) => name.startsWith("localhost/") && !kept.has(name));
      if (unused.length > 0) await maintain(["rmi", "--force", ...unused]);
      await maintain(["rmi", "--prune", "--force"]);
    },
  };
}

export function storageArguments(storage: Storage): string[] {
  return ["--root", storage.root, "--runroot", storage.runRoot, "--storage-driver", storage.driver];
}

export interface BuildInputs {
  readonly repository: string;
  readonly context: string;
  /** A sources.list, lent to the build so that no mirror's address stays in the image. */
  readonly sources: string | undefined;
}

export function buildArguments(image: PlannedImage, inputs: BuildInputs): string[] {
  const { base, source } = image;
  return [
    "build",
    "--pull-never",
    "--format=oci",
    // Needs neither a container runtime nor cgroups. It shares the network of the caller, who takes it away.
    "--isolation=chroot",
    "--network=host",
    `--tag=${image.reference}`,
    `--file=${join(inputs.repository, source.dockerfile)}`,
    ...(base === undefined ? [] : [`--build-arg=BASE=${typeof base === "object" ? base.reference : base}`]),
    ...(source.network && inputs.sources ? [`--volume=${inputs.sources}:/etc/apt/sources.list:ro`] : []),
    inputs.context,
  ];
}
