import type { SizeName } from "../image.ts";

export const storeNames = ["postgresql", "s3"] as const;
export type StoreName = (typeof storeNames)[number];

/** Names an image in a store. */
export interface BlobKey {
  readonly hash: Buffer;
  /** Of two images of the same content, one after the other, each has its own. */
  readonly generation: string;
}

/**
 * Keeps the bytes of images. What it keeps under a key never changes, so each call may be repeated.
 *
 * Every call throws UnavailableError when the store cannot be reached.
 */
export interface ImageStore {
  readonly name: StoreName;
  put(key: BlobKey, size: SizeName, data: Buffer): Promise<void>;
  /**
   * Part of one size. What is in the store is read in parts, so that a slow client never has a whole image held for it.
   *
   * @returns undefined when it is not there
   */
  read(key: BlobKey, size: SizeName, from: number, length: number): Promise<Buffer | undefined>;
}

/** Stores by the name that is written down with each image: those of a store that was used before stay readable. */
export interface ImageStores {
  /** Where new images go. */
  readonly current: ImageStore;
  readonly byName: ReadonlyMap<StoreName, ImageStore>;
}
