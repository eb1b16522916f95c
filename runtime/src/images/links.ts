import type { Profile, ProfileView } from "../profiles/profile.ts";
import { type Image, largestSize, type SizeName, type StoredImage, servedExtension } from "./image.ts";

/** Tells where images are served. */
export class ImageLinks {
  readonly #base: string;

  /** @param base what stands before `/images`; empty when this server itself is to be asked */
  constructor(base: string) {
    this.#base = base;
  }

  url(hash: string, size: SizeName): string {
    return `${this.#base}/images/${hash}/${size}.${servedExtension}`;
  }

  image({ hash, type, sizes }: StoredImage): Image {
    const { width, height } = sizes[largestSize];
    const linked = (size: SizeName) => ({ url: this.url(hash, size), ...sizes[size] });
    return {
      hash,
      type,
      width,
      height,
      sizes: { thumbnail: linked("thumbnail"), medium: linked("medium"), large: linked("large") },
    };
  }

  /** A profile as the API shows it. */
  profile({ images, ...profile }: Profile): ProfileView {
    return { ...profile, images: images.map((image) => this.image(image)) };
  }
}
