import type { Bases, PlannedImage } from "../plan.ts";

export interface BuildOptions {
  /** Where the archive goes: a file that does not exist yet. */
  readonly output: string;
  /** Takes everything that the build prints. */
  readonly log: string;
  /** Folder for temporary files of this build alone. */
  readonly temporary: string;
  readonly signal?: AbortSignal | undefined;
}

/** A program that builds images from Dockerfiles. */
export interface Engine {
  readonly name: "docker" | "buildah";
  readonly bases: Bases;
  /** Once before the first build: installs what is missing, removes what an earlier, interrupted run left. */
  prepare(note: (text: string) => void): Promise<void>;
  /** Builds one image, whose base has been built, and writes it as an archive. */
  build(image: PlannedImage, options: BuildOptions): Promise<void>;
  /** Once after the last build. Keeps the images given, for later builds to stand on. */
  release(bases: readonly PlannedImage[]): Promise<void>;
}
