/** Images that the project makes, in the order in which they are built: the slow ones first. */
export const IMAGE_NAMES = ["postgresql", "rabbitmq", "prometheus", "redis", "runtime", "operator"] as const;
export type ImageName = (typeof IMAGE_NAMES)[number];

/** Those that the operator and its platforms run; the others are run by tests. */
export const PLATFORM_IMAGE_NAMES: readonly ImageName[] = IMAGE_NAMES.filter((name) => name !== "prometheus");

/** Images that others stand on, made only where no engine can pull a published one. */
export type BaseName = "debian-base" | "node-base";

/** Release of the distribution in every image. */
export const DEBIAN_RELEASE = "trixie";

/** What an image is made of. Paths are relative to the root of the repository. */
export interface ImageSource {
  readonly name: ImageName | BaseName;
  readonly dockerfile: string;
  readonly context: string;
  /** What the Dockerfile copies: files and folders inside the context. Undefined: all of it. */
  readonly inputs?: readonly string[];
  readonly base?: { readonly built: BaseName; readonly published: string };
  /** True when packages are installed. All other builds run without a network. */
  readonly network: boolean;
  /** The package that is bundled into the context first. */
  readonly bundle?: "operator" | "runtime";
}

const debian = { built: "debian-base", published: `debian:${DEBIAN_RELEASE}-slim` } as const;
const node = { built: "node-base", published: `node:24-${DEBIAN_RELEASE}-slim` } as const;

function packaged(name: ImageName): ImageSource {
  const folder = `hack/images/${name}`;
  return { name, dockerfile: `${folder}/Dockerfile`, context: folder, inputs: [], base: debian, network: true };
}

function bundled(name: "operator" | "runtime"): ImageSource {
  return {
    name,
    dockerfile: `${name}/Dockerfile`,
    context: `${name}/build`,
    base: node,
    network: false,
    bundle: name,
  };
}

export const IMAGES: Readonly<Record<ImageName | BaseName, ImageSource>> = {
  // The root file system in this context is made during the build, from mmdebstrap's arguments.
  "debian-base": {
    name: "debian-base",
    dockerfile: "hack/images/debian-base/Dockerfile",
    context: "hack/images/debian-base",
    inputs: [],
    network: false,
  },
  // The npm package is where the project's own Node comes from: no other download is needed.
  "node-base": {
    name: "node-base",
    dockerfile: "hack/images/node-base/Dockerfile",
    context: "node_modules/node/bin",
    inputs: ["node"],
    base: debian,
    network: false,
  },
  postgresql: packaged("postgresql"),
  rabbitmq: packaged("rabbitmq"),
  prometheus: packaged("prometheus"),
  redis: packaged("redis"),
  runtime: bundled("runtime"),
  operator: bundled("operator"),
};

/** Turns words of a user into names of images; none means all. Throws when a word names no image. */
export function parseImageNames(words: readonly string[]): ImageName[] {
  for (const word of words)
    if (!isImageName(word)) throw new Error(`there is no image "${word}": choose from ${IMAGE_NAMES.join(", ")}`);
  return IMAGE_NAMES.filter((name) => words.length === 0 || words.includes(name));
}

function isImageName(word: string): word is ImageName {
  return (IMAGE_NAMES as readonly string[]).includes(word);
}
