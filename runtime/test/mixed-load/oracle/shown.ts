/** What a profile shows of itself, as far as writes can be told apart by it. */
export interface Shown {
  readonly version: number;
  /** Its bio: each write has a text of its own. */
  readonly text: string;
  /** Hashes, in their order. */
  readonly images: readonly string[];
}

/** What a write leaves behind. The hash of an image is undefined until the platform has told it. */
export interface Expected {
  readonly version: number;
  readonly text: string;
  readonly images: readonly (string | undefined)[];
}

export function matches({ version, text, images }: Expected, shown: Shown): boolean {
  return (
    version === shown.version &&
    text === shown.text &&
    images.length === shown.images.length &&
    images.every((hash, index) => hash === undefined || hash === shown.images[index])
  );
}

export function describeShown(shown: Shown | "gone"): string {
  if (shown === "gone") return "no such profile";
  const { version, text, images } = shown;
  return `version ${version} with "${text}" and ${images.length} images`;
}
